import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { withNext } from '#app/parties/safe-path.ts'
import { openSignInLink } from '#app/parties/sign-in.server.ts'
import { readLinkToken } from '#app/parties/sign-in-form.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/open-sign-in-link.ts'
import { formAgain, nextOf, redirectWith, refused } from './answers.server.ts'

const SPENT = 'This link was used already or is older than ten minutes. Ask for a new one.'

/** Opening the link changes nothing: programs that scan mail open links too. The button signs in. */
export function loader({ request }: Route.LoaderArgs) {
  const token = new URL(request.url).searchParams.get('token') ?? ''
  return { token: token.slice(0, 200), next: nextOf(request) }
}

export async function action({ request, context }: Route.ActionArgs) {
  const form = await request.formData()
  const reading = readLinkToken(form)
  if (!reading.ok) return formAgain([{ message: SPENT }])
  const asker = { request, address: context.get(requestInfo).clientAddress }
  const answer = await openSignInLink(asker, reading.values.token)
  if (!answer.ok) return refused(answer, { message: SPENT })
  return redirectWith(answer.cookies, nextOf(request, form))
}

/** When to try again is for programs, too. */
export const headers: Route.HeadersFunction = ({ actionHeaders }) => actionHeaders

export default function OpenSignInLink({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problems = actionData?.problems ?? (loaderData.token === '' ? [{ message: SPENT }] : [])
  const again = <Link to={withNext('/sign-in/link', loaderData.next)}>Send me a new link</Link>
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Sign in by e-mail', problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader title="Sign in by e-mail" />
      {problems.length > 0 ? (
        <p>{again}</p>
      ) : (
        <ActionForm className="stack">
          <p>You followed the link from our letter. Press the button to sign in on this device.</p>
          {loaderData.next && <input type="hidden" name="next" value={loaderData.next} />}
          <input type="hidden" name="token" value={loaderData.token} />
          <div className="row">
            <Button pendingLabel="Signing in…">Sign in</Button>
          </div>
        </ActionForm>
      )}
    </div>
  )
}
