import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { DecisionForm, RequestStateTag } from '#app/components/credits/credit-requests.tsx'
import { formatMoney } from '#app/money/format.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { coversRole } from '#app/parties/rights.ts'
import { writeOffReasonWords } from '#app/payments/write-offs/write-off.ts'
import { decideWriteOff, listWriteOffs } from '#app/payments/write-offs/write-offs.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/write-offs.ts'

const PAGE = '/staff/write-offs'
const DONE: Readonly<Record<string, string>> = {
  approve: 'The part is written off.',
  decline: 'The request is declined.',
}

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const { locale, timeZone } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const isOpen = address.get('show') !== 'decided'
  const after = decodeId('wof', address.get('after') ?? '')
  const { writeOffs, next } = await listWriteOffs({ isOpen, after })
  const base = isOpen ? `${PAGE}?show=open` : `${PAGE}?show=decided`
  const isManager = coversRole(person.staffRole, 'manager')
  return {
    ...{ isOpen, done: DONE[address.get('done') ?? ''] ?? null },
    rows: writeOffs.map((each) => ({
      ...{
        number: each.invoiceNumber,
        customer: each.customerName,
        state: each.state,
        note: each.note ?? '',
      },
      id: encodeId('wof', each.id),
      invoiceId: encodeId('inv', each.invoiceId),
      amount: formatMoney(each.amount, locale),
      payable: formatMoney(each.payable, locale),
      reason: writeOffReasonWords(each.reason),
      asked: `${each.requestedByName}, ${formatInstant(each.createdAt, timeZone, locale)}`,
      mayDecide: isManager && each.state === 'requested' && each.requestedBy !== person.id,
    })),
    newest: after === null ? null : base,
    older: next === null ? null : `${base}&after=${encodeId('wof', next)}`,
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'manager')
  const form = await request.formData()
  const text = String(form.get('request') ?? '')
  const note = String(form.get('note') ?? '')
    .trim()
    .slice(0, 500)
  const approve = form.get('act') === 'approve'
  const wrong = (problem: string, status: number) => data({ id: text, note, problem }, { status })
  const id = decodeId('wof', text)
  if (id === null) return wrong(REFUSALS.REQUEST_NOT_FOUND.sentence, 404)
  if (!approve && note === '') return wrong('Say in a few words why not: whoever asked reads it.', 400)
  const result = await decideWriteOff(id, { approve, note: note === '' ? null : note }, person.id)
  if (result.ok) return redirect(`${PAGE}?done=${approve ? 'approve' : 'decline'}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return wrong(sentence, status)
}

export default function WriteOffs({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { rows, isOpen, done, newest, older } = loaderData
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Write-offs', actionData !== undefined)}</title>
      <PageHeader
        kicker={<Link to="/staff/payments">Payments</Link>}
        title="Write-offs"
        lead="What is too much for one person to give up alone. A manager who did not ask for it decides."
      />
      <ErrorSummary
        problems={actionData ? [{ fieldId: `note-${actionData.id}`, message: actionData.problem }] : []}
      />
      {done !== null && !actionData && (
        <Notice tone="accent" live="polite">
          <p>{done}</p>
        </Notice>
      )}
      <Tabs
        label="Write-offs"
        tabs={[
          { to: PAGE, label: 'Waiting', current: isOpen },
          { to: `${PAGE}?show=decided`, label: 'Decided', current: !isOpen },
        ]}
      />
      {rows.length === 0 && (
        <EmptyState title={isOpen ? 'Nothing waits for a second person' : 'Nothing was decided yet'} />
      )}
      {rows.map((row) => (
        <section className="stack-s" key={row.id} aria-labelledby={row.id}>
          <h2 id={row.id}>
            {row.amount} of <Link to={`/staff/invoices/${row.invoiceId}`}>{row.number}</Link>
          </h2>
          <p>
            {row.customer}. {row.reason}. {row.payable} is payable now. Asked by {row.asked}.
          </p>
          {row.mayDecide ? (
            <DecisionForm
              id={row.id}
              yes={`Write off ${row.amount}`}
              typed={actionData?.id === row.id ? actionData.note : ''}
              error={actionData?.id === row.id ? actionData.problem : undefined}
            />
          ) : (
            <p>
              <RequestStateTag state={row.state} /> {row.note}
            </p>
          )}
        </section>
      ))}
      <OlderLinks newest={newest} older={older} />
    </div>
  )
}
