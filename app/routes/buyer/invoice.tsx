import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { decodeId } from '#app/books/ids.ts'
import { InvoiceLines } from '#app/components/invoices/invoice-lines.tsx'
import { shownState } from '#app/components/invoices/invoice-list-row.ts'
import {
  invoiceFacts,
  invoiceStory,
  moneyParts,
  totalsOf,
} from '#app/components/invoices/invoice-page-view.ts'
import { MoneyBreakdown } from '#app/components/invoices/money-breakdown.tsx'
import { MoneyStateTag } from '#app/components/invoices/money-state.tsx'
import { PaymentTimeline } from '#app/components/payments/payment-timeline.tsx'
import { getInvoice } from '#app/invoices/get-invoice.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { Amount } from '#app/ui/amount.tsx'
import { ButtonLink, DownloadLink } from '#app/ui/button.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Seal } from '#app/ui/seal.tsx'
import type { Route } from './+types/invoice.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `Invoice ${loaderData.number}` : 'Invoice' },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const id = decodeId('inv', params.invoiceId)
  const detail = id === null ? null : await getInvoice({ customerId: customer.id }, id, reading)
  if (detail === null) throw notFound()
  const { invoice, current, versions, holds } = detail
  const base = `/c/${params.customerId}`
  const canPay = customer.rights.includes('pay') && invoice.payable.minor !== '0'
  return {
    base,
    number: invoice.number,
    kind: invoice.kind,
    state: shownState(invoice.state),
    currency: invoice.currency,
    open: invoice.open.spoken,
    settledOn: invoice.state === 'settled' ? (invoice.settledOn?.text ?? null) : null,
    dueLine: invoice.dueInWords && `Due ${invoice.dueOn.text}, ${invoice.dueInWords.replace('due ', '')}`,
    pay: canPay ? { href: `${base}/pay?pick=${invoice.id}`, label: `Pay ${invoice.payable.spoken}` } : null,
    pdfHref: `${base}/invoices/${invoice.id}/invoice.pdf`,
    parts: moneyParts(detail, reading.locale),
    facts: invoiceFacts(detail),
    lines: current.lines,
    totals: totalsOf(detail),
    total: current.total.text,
    note: current.note,
    story: invoiceStory(detail),
    version: versions.length > 1 ? current.version : null,
    underWay: holds.flatMap(({ payment, amount }) =>
      payment === null ? [] : [{ id: payment.id, number: payment.number, amount: amount.spoken }],
    ),
  }
}

export default function Invoice({ loaderData: invoice }: Route.ComponentProps): ReactNode {
  return (
    <>
      <PageHeader
        kicker={invoice.kind === 'fee' ? 'Fee' : 'Invoice'}
        title={invoice.number}
        lead={<MoneyStateTag state={invoice.state} />}
      >
        <DownloadLink href={invoice.pdfHref}>PDF</DownloadLink>
      </PageHeader>
      <div className="columns">
        <div className="stack">
          {invoice.settledOn ? (
            <Seal word="Settled" date={invoice.settledOn} rim="Paid and booked" />
          ) : (
            <OpenBlock invoice={invoice} />
          )}
        </div>
        <KeyValues facts={invoice.facts} />
      </div>
      <section className="section">
        <h2>What it is for</h2>
        <InvoiceLines
          currency={invoice.currency}
          lines={invoice.lines}
          totals={invoice.totals}
          total={invoice.total}
        />
        {invoice.note && <p className="muted small note">{invoice.note}</p>}
        {invoice.version && (
          <p className="muted small note">This is version {invoice.version} of the document.</p>
        )}
      </section>
      <section className="section">
        <h2>What happened</h2>
        <PaymentTimeline events={invoice.story} />
      </section>
    </>
  )
}

/** What is open, when it is due, how to pay it, and what of it is spoken for. */
function OpenBlock({ invoice }: { invoice: Route.ComponentProps['loaderData'] }): ReactNode {
  return (
    <>
      <section className="due" aria-label="Open">
        <p className="due__label">Open</p>
        <p>
          <Amount text={invoice.open} size="huge" />
        </p>
        {invoice.dueLine && <p className="due__when">{invoice.dueLine}</p>}
        {invoice.pay && (
          <div className="row">
            <ButtonLink to={invoice.pay.href} large>
              {invoice.pay.label}
            </ButtonLink>
          </div>
        )}
      </section>
      {invoice.underWay.map((payment) => (
        <Notice key={payment.id} tone="amber">
          <p>
            {payment.amount} of it is in{' '}
            <Link to={`${invoice.base}/payments/${payment.id}`}>payment {payment.number}</Link>, which is
            under way.
          </p>
        </Notice>
      ))}
      <MoneyBreakdown parts={invoice.parts} />
    </>
  )
}
