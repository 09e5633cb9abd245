import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { ExceptionList } from '#app/components/reconciliation/exception-list.tsx'
import { exceptionCaseViews } from '#app/components/reconciliation/exception-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { listExceptions } from '#app/reconciliation/exception-queries.server.ts'
import { resolveCase } from '#app/reconciliation/resolve-exception.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/exceptions.ts'

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  const isOpen = address.get('show') !== 'closed'
  const after = decodeId('exc', address.get('after') ?? '')
  const { cases, next } = await listExceptions({ isOpen, after })
  const base = isOpen ? '/staff/exceptions?show=open' : '/staff/exceptions?show=closed'
  return {
    isOpen,
    cases: exceptionCaseViews(cases, reading),
    isDone: address.has('closed'),
    newest: after === null ? null : base,
    older: next === null ? null : `${base}&after=${encodeId('exc', next)}`,
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const form = await request.formData()
  const id = String(form.get('case') ?? '')
  const reason = String(form.get('reason') ?? '')
  const caseId = decodeId('exc', id)
  const answer =
    caseId === null
      ? ({ ok: false, problem: 'There is no such case any more.' } as const)
      : await resolveCase(caseId, reason, person.id)
  if (answer.ok) return redirect('/staff/exceptions?closed', 303)
  return data({ id, reason, problem: answer.problem }, { status: 400 })
}

export default function Exceptions({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { cases, isOpen, isDone, newest, older } = loaderData
  return (
    <div className="stack">
      <title>{titleWithErrors('Exceptions', actionData !== undefined)}</title>
      <PageHeader
        title="Exceptions"
        lead="What does not add up by itself, and waits for a person to decide."
      />
      <ErrorSummary
        problems={actionData ? [{ fieldId: `reason-${actionData.id}`, message: actionData.problem }] : []}
      />
      {isDone && (
        <Notice tone="accent" live="polite">
          <p>The case is closed. Who closed it is in the audit log; the reason stays with the case.</p>
        </Notice>
      )}
      <Tabs
        label="Cases"
        tabs={[
          { to: '/staff/exceptions', label: 'Open', current: isOpen },
          { to: '/staff/exceptions?show=closed', label: 'Closed', current: !isOpen },
        ]}
      />
      {cases.length === 0 ? (
        <EmptyState title={isOpen ? 'Nothing waits for a person' : 'No case was closed yet'}>
          <Link to="/staff">Back to today</Link>
        </EmptyState>
      ) : (
        <ExceptionList cases={cases} {...(actionData && { refused: actionData })} />
      )}
      <OlderLinks newest={newest} older={older} />
    </div>
  )
}
