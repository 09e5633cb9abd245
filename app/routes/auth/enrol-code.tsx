import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { SignOutForm } from '#app/components/account/sign-out-form.tsx'
import { CHOOSER_PATH } from '#app/parties/home-path.ts'
import { drawQrCode, type QrDrawing } from '#app/parties/qr-code.ts'
import { withNext } from '#app/parties/safe-path.ts'
import { beginEnrolment } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { enrolWithCode } from '#app/parties/sign-in.server.ts'
import { readCode } from '#app/parties/sign-in-form.ts'
import { totpUri } from '#app/parties/totp.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/enrol-code.ts'
import { formAgain, nextOf, refused } from './answers.server.ts'

const WRONG =
  'This code is not right. Check that the clock of your phone is right, and enter the code that is shown now.'

export async function loader({ request }: Route.LoaderArgs) {
  const person = await sessionOf(request)
  const next = nextOf(request)
  // Right after the set-up this runs once more, with the session that the set-up replaced: nothing is left to show then.
  if (person === null || person.hasTotp) return { next, setup: null }
  const secret = await beginEnrolment({ personId: person.id, sessionId: person.sessionId }, new Date())
  if (secret === null) throw redirect(withNext('/sign-in/code', next))
  const spaced = secret.replace(/(.{4})(?=.)/g, '$1 ')
  return { next, setup: { secret: spaced, qr: drawQrCode(totpUri('Quittance', person.email, secret)) } }
}

export async function action({ request, context }: Route.ActionArgs) {
  const person = await sessionOf(request)
  const form = await request.formData()
  if (person === null) throw redirect(withNext('/sign-in', nextOf(request, form)))
  const reading = readCode(form)
  if (!reading.ok) return formAgain(reading.problems)
  const asker = { request, address: context.get(requestInfo).clientAddress }
  const answer = await enrolWithCode(asker, person, reading.values.code)
  if (!answer.ok) return refused(answer, { fieldId: 'code', message: WRONG })
  const headers = new Headers()
  for (const cookie of answer.cookies) headers.append('Set-Cookie', cookie)
  return data({ backupCodes: answer.backupCodes, next: nextOf(request, form) }, { headers })
}

/** Black on white in every theme: cameras need it so. */
function QrCode({ drawing: { size, path } }: { drawing: QrDrawing }): ReactNode {
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label="QR code for your app"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}

function BackupCodes({ codes, next }: { codes: readonly string[]; next: string | null }): ReactNode {
  return (
    <div className="stack narrow">
      <title>Your backup codes</title>
      <PageHeader title="Your backup codes" />
      <Notice tone="amber" title="Keep these now: they are not shown again">
        <p>Each one signs you in once when your phone is not at hand.</p>
      </Notice>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <ButtonLink to={next ?? CHOOSER_PATH} reloadDocument>
          I have kept them
        </ButtonLink>
      </div>
    </div>
  )
}

/** When to try again is for programs, too. */
export const headers: Route.HeadersFunction = ({ actionHeaders }) => actionHeaders

export default function EnrolCode({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  if (actionData && 'backupCodes' in actionData)
    return <BackupCodes codes={actionData.backupCodes} next={actionData.next} />
  const problems = actionData?.problems ?? []
  if (loaderData.setup === null)
    return (
      <div className="stack narrow">
        <title>Authenticator app</title>
        <PageHeader title="Your authenticator app is set up" />
        <div className="row">
          <ButtonLink to={loaderData.next ?? CHOOSER_PATH}>Continue</ButtonLink>
        </div>
      </div>
    )
  return (
    <div className="stack narrow">
      <title>{titleWithErrors('Set up your authenticator app', problems.length > 0)}</title>
      <ErrorSummary problems={problems} />
      <PageHeader
        title="Set up your authenticator app"
        lead="Your account needs a code besides the password. Any app that shows six-digit codes will do."
      />
      <p>1. Scan this picture with the app.</p>
      <QrCode drawing={loaderData.setup.qr} />
      <p>
        No camera? Enter this key in the app instead: <code>{loaderData.setup.secret}</code>
      </p>
      <p>2. Enter the code that the app shows.</p>
      <ActionForm className="stack" noValidate>
        {loaderData.next && <input type="hidden" name="next" value={loaderData.next} />}
        <TextInput
          label="Code"
          hint="Six digits."
          id="code"
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          error={problems.find(({ fieldId }) => fieldId === 'code')?.message}
        />
        <div className="row">
          <Button pendingLabel="Checking…">Finish</Button>
        </div>
      </ActionForm>
      <SignOutForm />
    </div>
  )
}
