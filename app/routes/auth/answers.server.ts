import { data, redirect } from 'react-router'
import { CHOOSER_PATH } from '#app/parties/home-path.ts'
import { safeNextPath } from '#app/parties/safe-path.ts'
import type { SignInAnswer } from '#app/parties/sign-in.server.ts'
import type { FieldProblem } from '#app/parties/sign-in-form.ts'
import { waitSentence } from '#app/parties/sign-in-limits.server.ts'

/** What a sign-in form shows when it comes back. */
export type FormState = { problems: FieldProblem[]; email: string }

/** Where to go next: the page that was asked for, or the person's home. */
export function nextOf(request: Request, form?: FormData): string | null {
  const asked = form?.get('next') ?? new URL(request.url).searchParams.get('next')
  return typeof asked === 'string' ? safeNextPath(asked) : null
}

/** A redirect that sets cookies. */
export function redirectWith(cookies: readonly string[], path: string | null): Response {
  const headers = new Headers()
  for (const cookie of cookies) headers.append('Set-Cookie', cookie)
  return redirect(path ?? CHOOSER_PATH, { headers })
}

/** The form again, with what was wrong with it. */
export function formAgain(problems: FieldProblem[], email = '', status = 400) {
  return data<FormState>({ problems, email }, { status })
}

/** The form again after the answer "no" or "wait". `wrong` is the sentence for "no". */
export function refused(answer: Exclude<SignInAnswer, { ok: true }>, wrong: FieldProblem, email = '') {
  if (answer.reason === 'wrong') return formAgain([wrong], email, 401)
  const problems = [{ message: waitSentence(answer.retryAfterSeconds) }]
  return data<FormState>(
    { problems, email },
    { status: 429, headers: { 'Retry-After': String(answer.retryAfterSeconds) } },
  )
}
