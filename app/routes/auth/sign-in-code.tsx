import type { ReactNode } from 'react'
import { redirect } from 'react-router'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { CHOOSER_PATH } from '#app/parties/home-path.ts'
import { missingStep } from '#app/parties/rights.ts'
import { withNext } from '#app/parties/safe-path.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor } from '#app/parties/sign-in.server.ts'
import { readCode } from '#app/parties/sign-in-form.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/sign-in-code.ts'
import { formAgain, nextOf, redirectWith, refused } from './answers.server.ts'

const WRONG =
  'This code is not right, or it was used before. Wait for the next code in your app and enter that one.'

export async function loader({ request }: Route.LoaderArgs) {
  const person = await sessionOf(request)
  const next = nextOf(request)
  if (person === null) throw redirect(withNext('/sign-in', next))
  const missing = missingStep(person)
  if (missing === 'none') throw redirect(next ?? CHOOSER_PATH)
  if (missing === 'enrol') throw redirect(withNext('/sign-in/enrol', next))
  return { next, email: person.email }
}

export async function action({ request, context }: Route.ActionArgs) {
  const person = await sessionOf(request)
  const form = await request.formData()
  const next = nextOf(request, form)
  if (person === null) throw redirect(withNext('/sign-in', next))
  const reading = readCode(form)
  if (!reading.ok) return formAgain(reading.problems)
  const asker = { request, address: context.get(requestInfo).clientAddress }
  const answer = await giveSecondFactor(asker, person, reading.values.code)
  if (!answer.ok) return refused(answer, { fieldId: 'code', message: WRONG })
  return redirectWith(answer.cookies, next)
}

/** When to try again is for programs, too. */
export const headers: Route.HeadersFunction = ({ actionHeaders }) => actionHeaders

export default function SignInCode({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const problems = actionData?.problems ?? []
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Enter your code', problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader title="Enter your code" lead={`Signing in as ${loaderData.email}`} />
      <ActionForm className="stack" noValidate>
        {loaderData.next && <input type="hidden" name="next" value={loaderData.next} />}
        <TextInput
          label="Code"
          hint="Six digits from your authenticator app, or one of your backup codes."
          id="code"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          inputMode="text"
          error={problems.find(({ fieldId }) => fieldId === 'code')?.message}
        />
        <div className="row">
          <Button pendingLabel="Checking…">Continue</Button>
        </div>
      </ActionForm>
      <SignOutForm />
    </div>
  )
}
