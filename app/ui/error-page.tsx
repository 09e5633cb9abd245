import type { ReactNode } from 'react'
import { isRouteErrorResponse } from 'react-router'

type Words = { title: string; body: string }

const WORDS: Record<number, Words> = {
  400: {
    title: 'We could not read that',
    body: 'The address or the form is not complete. Nothing was changed.',
  },
  403: {
    title: 'You may not open this page',
    body: 'Your sign-in does not include it. Ask the person who looks after your account, or sign in as someone else.',
  },
  404: {
    title: 'There is no such page',
    body: 'The address may be mistyped, or the document belongs to an account that you cannot see.',
  },
  429: {
    title: 'That was too often',
    body: 'Please wait a minute and try again. Nothing was charged.',
  },
  503: {
    title: 'We are not available right now',
    body: 'Please try again in a minute. If you were paying, do not pay again: your payments page will show what happened.',
  },
}

const UNEXPECTED: Words = {
  title: 'Something went wrong on our side',
  body: 'We have noted it. If you were paying, look at your payments page before you try again: it always shows what really happened.',
}

/** What to say about whatever stopped the page that was asked for. `reference` lets support find the event. */
export function ErrorPage({ error, reference }: { error: unknown; reference: string | null }): ReactNode {
  const status = isRouteErrorResponse(error) ? error.status : 500
  const { title, body } = WORDS[status] ?? UNEXPECTED
  const said = sentenceOf(error)
  return (
    <div className="stack">
      <title>{title}</title>
      <p className="muted small">Error {status}</p>
      <h1>{title}</h1>
      <p>{said === null || said === `${title}.` ? body : said}</p>
      <p>
        <a href="/">Go to the start page</a>
      </p>
      {reference && status >= 500 && (
        <p className="muted small">
          If you ask us about it, give this reference: <code>{reference}</code>
        </p>
      )}
    </div>
  )
}

/** A sentence that the route gave along with a refusal; the words of unexpected errors are never shown. */
function sentenceOf(error: unknown): string | null {
  if (!isRouteErrorResponse(error) || error.status >= 500) return null
  return typeof error.data === 'string' && error.data !== '' && !error.data.startsWith('Error:')
    ? error.data
    : null
}
