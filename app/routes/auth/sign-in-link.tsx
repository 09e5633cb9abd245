import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import { withNext } from '#app/parties/safe-path.ts'
import { requestSignInLink } from '#app/parties/sign-in.server.ts'
import { readAddress, typedEmail } from '#app/parties/sign-in-form.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/sign-in-link.ts'
import { formAgain, nextOf, refused } from './answers.server.ts'

export function loader({ request }: Route.LoaderArgs) {
  return { next: nextOf(request), isSent: new URL(request.url).searchParams.has('sent') }
}

export async function action({ request, context }: Route.ActionArgs) {
  const form = await request.formData()
  const reading = readAddress(form)
  if (!reading.ok) return formAgain(reading.problems, typedEmail(form))
  const next = nextOf(request, form)
  const asker = { request, address: context.get(requestInfo).clientAddress }
  const answer = await requestSignInLink(asker, reading.values.email, next)
  if (!answer.ok) return refused({ ...answer, reason: 'wait' }, { message: '' }, reading.values.email)
  return redirect(withNext('/sign-in/link?sent', next))
}

/** When to try again is for programs, too. */
export const headers: Route.HeadersFunction = ({ actionHeaders }) => actionHeaders

export default function SignInLink({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problems = actionData?.problems ?? []
  const isSent = loaderData.isSent && problems.length === 0
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Sign in by e-mail', problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader
        title={isSent ? 'Look at your e-mail' : 'Sign in by e-mail'}
        {...(isSent ? {} : { lead: 'We send you a link. It works once, for ten minutes.' })}
      />
      {isSent && (
        <Notice live="polite">
          <p>
            If the address belongs to an account, a letter with a link is on its way. The link works once, for
            ten minutes. Nothing there? Look into the spam folder, and check that you used the address that
            your supplier knows.
          </p>
        </Notice>
      )}
      <ActionForm className="stack" noValidate>
        {loaderData.next && <input type="hidden" name="next" value={loaderData.next} />}
        <TextInput
          label="E-mail address"
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={actionData?.email ?? ''}
          error={problems.find(({ fieldId }) => fieldId === 'email')?.message}
        />
        <div className="row">
          <Button variant={isSent ? 'secondary' : 'primary'} pendingLabel="Sending…">
            {isSent ? 'Send another link' : 'Send the link'}
          </Button>
          <Link to={withNext('/sign-in', loaderData.next)}>Use my password instead</Link>
        </div>
      </ActionForm>
    </div>
  )
}
