import type { ReactNode } from 'react'
import { redirect } from 'react-router'
import { recordAudit } from '#app/parties/audit.server.ts'
import { describeBrowser } from '#app/parties/describe-browser.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requirePerson } from '#app/parties/require.server.ts'
import { endOtherSessions, endSession, listSessions } from '#app/parties/session.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/sessions.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requirePerson(request)
  const { timeZone, locale } = await readingFor(request)
  const sessions = await listSessions(person.id)
  return {
    sessions: sessions.map(({ id, startedAt, usedAt, userAgent, address }) => ({
      id,
      isThis: id === person.sessionId,
      browser: describeBrowser(userAgent),
      address,
      started: formatInstant(startedAt, timeZone, locale),
      used: formatInstant(usedAt, timeZone, locale),
    })),
  }
}

export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const person = await requirePerson(request)
  const form = await request.formData()
  const id = form.get('session')
  const isOwn = typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)
  if (form.get('act') === 'others') await endOtherSessions(person.id, person.sessionId)
  else if (!isOwn || !(await endSession(person.id, id))) throw notFound()
  await recordAudit({
    actorKind: person.staffRole === null ? 'buyer' : 'staff',
    actorId: person.id,
    action: 'session.ended',
    detail: { scope: form.get('act') === 'others' ? 'others' : 'one' },
  })
  return redirect('/sessions')
}

export default function Sessions({ loaderData }: Route.ComponentProps): ReactNode {
  const { sessions } = loaderData
  return (
    <div className="stack">
      <title>Where you are signed in</title>
      <PageHeader
        title="Where you are signed in"
        lead="A session ends after 30 minutes without use, and after 12 hours in any case."
      />
      <ul className="stack">
        {sessions.map((session) => (
          <li key={session.id} className="stack-s">
            <p>
              <strong>{session.browser}</strong>
              {session.isThis && ' (this one)'}
              {session.address && `, from ${session.address}`}
            </p>
            <p className="muted small">
              Signed in {session.started}, last used {session.used}
            </p>
            {!session.isThis && (
              <ActionForm>
                <input type="hidden" name="session" value={session.id} />
                <Button
                  variant="secondary"
                  pendingLabel="Ending…"
                  aria-label={`End this session: ${session.browser}`}
                >
                  End this session
                </Button>
              </ActionForm>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <ActionForm>
          <input type="hidden" name="act" value="others" />
          <Button variant="danger" pendingLabel="Ending…">
            End all other sessions
          </Button>
        </ActionForm>
      )}
    </div>
  )
}
