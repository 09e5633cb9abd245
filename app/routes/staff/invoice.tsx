import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { asId, decodeId } from '#app/books/ids.ts'
import { PayLinks } from '#app/components/cart/pay-links.tsx'
import { WRITE_OFF_ACT, WriteOffForm } from '#app/components/credits/write-off-form.tsx'
import { CLOSE_FIELDS, CloseDisputeForm } from '#app/components/invoices/close-dispute-form.tsx'
import { InvoiceLines } from '#app/components/invoices/invoice-lines.tsx'
import { shownState } from '#app/components/invoices/invoice-list-row.ts'
import { invoiceFacts, invoiceStory, totalsOf } from '#app/components/invoices/invoice-page-view.ts'
import { MoneyBreakdown } from '#app/components/invoices/money-breakdown.tsx'
import { MoneyStateTag } from '#app/components/invoices/money-state.tsx'
import {
  invoiceMovements,
  staffMoneyParts,
  subjectEntryRows,
} from '#app/components/invoices/staff-invoice-view.ts'
import { PaymentTimeline } from '#app/components/payments/payment-timeline.tsx'
import { LedgerEntryList } from '#app/components/payments/staff-payment-tables.tsx'
import { StaffSaid } from '#app/components/staff-home/staff-said.tsx'
import { findInvoiceFacts, getInvoice } from '#app/invoices/get-invoice.server.ts'
import { listSubjectEntries } from '#app/ledger/subject-entries.server.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import {
  answerLinkForm,
  closeFromForm,
  doneWords,
  payLinkPanel,
} from '#app/routes/staff/link-actions.server.ts'
import { answerWriteOff, writeOffDone, writeOffView } from '#app/routes/staff/write-off-answer.server.ts'
import { Amount } from '#app/ui/amount.tsx'
import { DownloadLink } from '#app/ui/button.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/invoice.ts'

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const id = decodeId('inv', params.invoiceId)
  const detail = id && (await getInvoice({ all: true }, id, reading))
  if (!detail) throw notFound()
  const { invoice, current, versions } = detail
  const address = new URL(request.url).searchParams
  return {
    number: invoice.number,
    kind: invoice.kind,
    state: shownState(invoice.state),
    currency: invoice.currency,
    open: invoice.open.spoken,
    due: invoice.dueInWords && `Due ${invoice.dueOn.text}, ${invoice.dueInWords.replace('due ', '')}`,
    customer: invoice.customer,
    pdfHref: `/staff/invoices/${params.invoiceId}/invoice.pdf`,
    parts: staffMoneyParts(detail, reading.locale),
    facts: invoiceFacts(detail).map((fact) =>
      fact.key === 'Your PO' ? { ...fact, name: 'PO number' } : fact,
    ),
    lines: current.lines,
    totals: totalsOf(detail),
    total: current.total.text,
    note: current.note,
    versions: versions.map(({ version }) => version),
    story: invoiceStory(detail),
    movements: invoiceMovements(detail, reading),
    links: await payLinkPanel(
      asId<'cst'>(decodeId('cst', invoice.customer.id) ?? ''),
      id,
      invoice.open.minor !== '0',
      reading,
    ),
    writeOff: await writeOffView(invoice.payable, reading.locale),
    done: doneWords(address) ?? writeOffDone(address.get('written-off')),
    entries: subjectEntryRows(await listSubjectEntries(id), reading),
  }
}

/** Ends a dispute, writes a part off, or mails or ends a pay link. */
export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const id = decodeId('inv', params.invoiceId)
  const facts = id && (await findInvoiceFacts({ all: true }, id))
  if (!facts) throw notFound()
  const form = await request.formData()
  const place = {
    customerId: asId<'cst'>(facts.customerId),
    invoiceId: id,
    path: `/staff/invoices/${params.invoiceId}`,
  }
  if (form.get('act') === WRITE_OFF_ACT)
    return answerWriteOff(form, id, parseCurrency(facts.currency), person.id)
  if (form.get(CLOSE_FIELDS.dispute) !== null) return closeFromForm(form, place, person.id)
  return answerLinkForm(form, place, person.id)
}

/** Why a form of this page was refused, in the words of whichever form it was. */
function refusalIn(answer: Route.ComponentProps['actionData']): string | null {
  if (answer === undefined) return null
  return 'problem' in answer ? answer.problem : answer.sentence
}

export default function Invoice({ loaderData: invoice, actionData }: Route.ComponentProps): ReactNode {
  const title = `${invoice.kind === 'fee' ? 'Fee' : 'Invoice'} ${invoice.number}`
  const refusal = refusalIn(actionData)
  return (
    <>
      <title>{titleWithErrors(title, refusal !== null)}</title>
      <PageHeader
        kicker={<Link to={`/staff/customers/${invoice.customer.id}`}>{invoice.customer.name}</Link>}
        title={title}
        lead={<MoneyStateTag state={invoice.state} />}
      >
        <DownloadLink href={invoice.pdfHref}>PDF</DownloadLink>
      </PageHeader>
      <StaffSaid
        done={invoice.done}
        refusal={refusal}
        fieldId={actionData && 'problem' in actionData ? 'write-off-amount' : undefined}
      />
      <div className="columns">
        <div className="stack">
          <section className="due" aria-label="Open">
            <p className="due__label">Open</p>
            <p>
              <Amount text={invoice.open} size="huge" />
            </p>
            {invoice.due && <p className="due__when">{invoice.due}</p>}
          </section>
          <MoneyBreakdown parts={invoice.parts} />
          {invoice.writeOff && (
            <WriteOffForm
              {...invoice.writeOff}
              answer={actionData && 'problem' in actionData ? actionData : null}
            />
          )}
        </div>
        <KeyValues facts={invoice.facts} />
      </div>
      <section className="section">
        <h2>What it is for</h2>
        <InvoiceLines {...invoice} />
        {invoice.note && <p className="muted small note">{invoice.note}</p>}
        {invoice.versions.length > 1 && <Versions versions={invoice.versions} href={invoice.pdfHref} />}
      </section>
      <section className="section">
        <h2>What happened</h2>
        <PaymentTimeline events={invoice.story} />
      </section>
      <Movements {...invoice} />
      <PayLinks panel={invoice.links} what="this invoice" />
      <section className="section">
        <h2>On the shared ledger</h2>
        <LedgerEntryList ledger={invoice.entries} />
      </section>
    </>
  )
}

function Versions({ versions, href }: { versions: readonly number[]; href: string }): ReactNode {
  return (
    <p className="muted small note">
      Versions of the document:{' '}
      {versions.map((version) => (
        <span key={version}>
          <a href={`${href}?version=${version}`}>{version}</a>{' '}
        </span>
      ))}
    </p>
  )
}

function Source({ text, href }: { text: string; href: string | null }): ReactNode {
  return href === null ? text : <Link to={href}>{text}</Link>
}

function Movements({ movements, currency }: Route.ComponentProps['loaderData']): ReactNode {
  const { allocations, holds, disputes } = movements
  const amount = { key: 'amount', label: `Amount, ${currency}`, amount: true }
  return (
    <>
      {allocations.length > 0 && (
        <section className="section">
          <h2>Money applied</h2>
          <FactTable
            caption="Money applied to this invoice"
            columns={[
              { key: 'from', label: 'From' },
              { key: 'what', label: 'What' },
              { key: 'on', label: 'Effective', nowrap: true },
              amount,
            ]}
            rows={allocations.map(({ id, from, what, on, amount }) => ({
              key: id,
              cells: [<Source key="from" {...from} />, what, on, amount],
            }))}
          />
        </section>
      )}
      {holds.length > 0 && (
        <section className="section">
          <h2>Held now</h2>
          <FactTable
            caption="Amounts that are held"
            columns={[
              { key: 'what', label: 'Why' },
              { key: 'payment', label: 'Payment' },
              { key: 'since', label: 'Since', nowrap: true },
              amount,
            ]}
            rows={holds.map(({ id, what, payment, since, amount }) => ({
              key: id,
              cells: [
                what,
                payment && <Link to={`/staff/payments/${payment.id}`}>{payment.number}</Link>,
                since,
                amount,
              ],
            }))}
          />
        </section>
      )}
      {disputes.length > 0 && (
        <section className="section">
          <h2>Disputes</h2>
          <FactTable
            caption="Disputes of this invoice"
            columns={[
              { key: 'reason', label: 'Reason' },
              { key: 'opened', label: 'Opened', nowrap: true },
              { key: 'closed', label: 'Closed' },
              amount,
            ]}
            rows={disputes.map(({ id, reason, opened, closed, isOpen, amount }) => ({
              key: id,
              cells: [
                reason,
                opened,
                isOpen ? <CloseDisputeForm key="close" disputeId={id} /> : closed,
                amount,
              ],
            }))}
          />
        </section>
      )}
    </>
  )
}
