import type { ReactNode } from 'react'
import { data, Link, redirect } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { creditRequestRow, DecisionForm, RequestStateTag } from '#app/components/credits/credit-requests.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { decideCreditRequest, listCreditRequests } from '#app/payments/credits/credit-requests.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/credit-requests.ts'

const PAGE = '/staff/credit-requests'
const DONE: Readonly<Record<string, string>> = {
  approve: 'The credit is used.',
  decline: 'The request is declined.',
}

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  const isOpen = address.get('show') !== 'decided'
  const after = decodeId('crq', address.get('after') ?? '')
  const { requests, next } = await listCreditRequests({ customerId: null, isOpen, after })
  const base = isOpen ? `${PAGE}?show=open` : `${PAGE}?show=decided`
  return {
    ...{ isOpen, done: DONE[address.get('done') ?? ''] ?? null },
    rows: requests.map((each) => creditRequestRow(each, reading)),
    newest: after === null ? null : base,
    older: next === null ? null : `${base}&after=${encodeId('crq', next)}`,
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const form = await request.formData()
  const text = String(form.get('request') ?? '')
  const note = String(form.get('note') ?? '')
    .trim()
    .slice(0, 500)
  const approve = form.get('act') === 'approve'
  const wrong = (problem: string, status: number) => data({ id: text, note, problem }, { status })
  const id = decodeId('crq', text)
  if (id === null) return wrong(REFUSALS.REQUEST_NOT_FOUND.sentence, 404)
  if (!approve && note === '') return wrong('Say in a few words why not: the buyer reads it.', 400)
  const result = await decideCreditRequest(id, { approve, note: note === '' ? null : note }, person.id)
  if (result.ok) return redirect(`${PAGE}?done=${approve ? 'approve' : 'decline'}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return wrong(sentence, status)
}

export default function CreditRequests({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { rows, isOpen, done, newest, older } = loaderData
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Requests to use credit', actionData !== undefined)}</title>
      <PageHeader
        kicker={<Link to="/staff/payments">Payments</Link>}
        title="Requests to use credit"
        lead="Buyers who want to use credit where you look at it first."
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
        label="Requests"
        tabs={[
          { to: PAGE, label: 'Waiting', current: isOpen },
          { to: `${PAGE}?show=decided`, label: 'Decided', current: !isOpen },
        ]}
      />
      {rows.length === 0 && (
        <EmptyState title={isOpen ? 'Nobody waits for an answer' : 'No request was decided yet'} />
      )}
      {rows.map((row) => (
        <section className="stack-s" key={row.id} aria-labelledby={row.id}>
          <h2 id={row.id}>
            {row.amount} of {row.credit} on {row.invoiceNumber}
          </h2>
          <p>
            <Link to={`/staff/customers/${row.customerId}/credits`}>{row.customerName}</Link>, asked {row.at}.{' '}
            <Link to={`/staff/invoices/${row.invoiceId}`}>The invoice</Link>
          </p>
          {row.state === 'requested' ? (
            <DecisionForm
              id={row.id}
              yes={`Use ${row.amount}`}
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
