import { data } from 'react-router'
import { FRESH_CODE_FIELD, type FreshCodeRequest } from '#app/parties/fresh-code.ts'
import { withoutData } from '#app/parties/require.server.ts'
import type { CurrentPerson } from '#app/parties/rights.ts'
import { type Proven, proveAgain } from '#app/parties/sign-in.server.ts'
import { waitSentence } from '#app/parties/sign-in-limits.server.ts'

const WRONG =
  'This code is not right, or it was used before. Wait for the next code in your app and enter that one.'

/**
 * Takes the code that came with a form. Throws the request for one, with everything else that the form holds, where none came or it
 * is wrong. Forms whose acts need a code hold texts alone; a file would be left out.
 */
export async function takeFreshCode(
  asker: { readonly request: Request; readonly address: string },
  person: CurrentPerson,
  form: FormData,
): Promise<Proven> {
  const code = String(form.get(FRESH_CODE_FIELD) ?? '').trim()
  const ask = (problem: string | null, status: number) =>
    data(requestOf(asker.request, form, problem), status)
  if (code === '') throw ask(form.has(FRESH_CODE_FIELD) ? 'Enter the code.' : null, 403)
  const answer = await proveAgain(asker, person, code.slice(0, 32))
  if (answer.ok) return answer
  throw answer.reason === 'wrong' ? ask(WRONG, 401) : ask(waitSentence(answer.retryAfterSeconds), 429)
}

function requestOf(request: Request, form: FormData, problem: string | null): FreshCodeRequest {
  const { pathname, searchParams } = new URL(request.url)
  // Which routes to answer for is React Router's own question, not the form's.
  searchParams.delete('_routes')
  const search = searchParams.size === 0 ? '' : `?${searchParams}`
  const fields = [...form].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name !== FRESH_CODE_FIELD ? [[name, value]] : [],
  )
  return { freshCode: { path: withoutData(pathname) + search, fields, problem } }
}
