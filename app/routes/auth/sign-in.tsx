import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import { CHOOSER_PATH } from '#app/parties/home-path.ts'
import { currentPerson } from '#app/parties/require.server.ts'
import { withNext } from '#app/parties/safe-path.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { readCredentials, typedEmail } from '#app/parties/sign-in-form.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/sign-in.ts'
import { formAgain, nextOf, redirectWith, refused } from './answers.server.ts'

const WRONG = 'The e-mail address or the password is not right. Check both, or ask for a sign-in link.'

export async function loader({ request }: Route.LoaderArgs) {
  const next = nextOf(request)
  if ((await currentPerson(request)) !== null) throw redirect(next ?? CHOOSER_PATH)
  return { next }
}

export async function action({ request, context }: Route.ActionArgs) {
  const form = await request.formData()
  const reading = readCredentials(form)
  if (!reading.ok) return formAgain(reading.problems, typedEmail(form))
  const { email, password } = reading.values
  const asker = { request, address: context.get(requestInfo).clientAddress }
  const answer = await signInWithPassword(asker, email, password)
  if (!answer.ok) return refused(answer, { fieldId: 'email', message: WRONG }, email)
  return redirectWith(answer.cookies, nextOf(request, form))
}

/** When to try again is for programs, too. */
export const headers: Route.HeadersFunction = ({ actionHeaders }) => actionHeaders

export default function SignIn({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problems = actionData?.problems ?? []
  const errorOf = (field: string) => problems.find(({ fieldId }) => fieldId === field)?.message
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Sign in', problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader title="Sign in" />
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
          error={errorOf('email')}
        />
        <TextInput
          label="Password"
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          error={errorOf('password')}
        />
        <div className="row">
          <Button pendingLabel="Signing in…">Sign in</Button>
          <Link to={withNext('/sign-in/link', loaderData.next)}>Send me a sign-in link instead</Link>
        </div>
      </ActionForm>
    </div>
  )
}
