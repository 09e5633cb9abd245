import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { AccountFigures, AmountDueBlock } from '#app/components/account/account-figures.tsx'
import { accountFigureLines, amountDueView } from '#app/components/account/account-home-view.ts'
import { invoiceListRow } from '#app/components/invoices/invoice-list-row.ts'
import { InvoiceTable } from '#app/components/invoices/invoice-table.tsx'
import { UnderWayList, underWayView } from '#app/components/payments/under-way.tsx'
import { accountFigures } from '#app/invoices/account-figures.server.ts'
import { EVERY_INVOICE } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { listPaymentsUnderWay } from '#app/payments/overview/payment-queries.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { Route } from './+types/home.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.customerName}: your account` : 'Your account' },
]

const RECENT = { sort: 'issued-desc', after: null, before: null, size: 5 } as const

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const base = `/c/${params.customerId}`
  const [figures, recent, underWay] = await Promise.all([
    accountFigures(customer.id, reading),
    listInvoices({ customerId: customer.id }, EVERY_INVOICE, RECENT, reading),
    listPaymentsUnderWay(customer.id),
  ])
  const asks = { base, ...reading, canPay: customer.rights.includes('pay') }
  return {
    base,
    customerName: customer.name,
    asOf: formatInstant(reading.now, reading.timeZone, reading.locale),
    accounts: figures
      .toSorted((a, b) => b.open.count - a.open.count)
      .map((each) => ({
        currency: each.currency,
        due: amountDueView(each, asks),
        lines: accountFigureLines(each, base),
      })),
    underWay: underWayView(underWay, { base, ...reading }),
    recent: recent.rows.map((row) => invoiceListRow(row, { oneCurrency: recent.sums.length === 1 })),
    amountsIn: recent.sums.length === 1 ? (recent.sums[0]?.currency ?? null) : null,
  }
}

export default function AccountHome({ loaderData }: Route.ComponentProps): ReactNode {
  const { accounts, recent, underWay, base } = loaderData
  return (
    <>
      <h1 className="sr-only">{loaderData.customerName}: your account</h1>
      {accounts.length === 0 && (
        <EmptyState title="You owe nothing">
          <p className="muted">No invoice has been issued to you yet. It will appear here.</p>
        </EmptyState>
      )}
      <div className="stack-l">
        {accounts.map((account, index) => (
          <div className="columns" key={account.currency}>
            <AmountDueBlock due={account.due} first={index === 0} />
            <AccountFigures
              title={`Your account in ${account.currency}`}
              figures={account.lines}
              asOf={loaderData.asOf}
            />
          </div>
        ))}
      </div>
      {underWay.length > 0 && (
        <section className="section">
          <h2>{underWay[0]?.waitsForBuyer ? 'Waiting for you' : 'On its way'}</h2>
          <UnderWayList payments={underWay} />
        </section>
      )}
      {recent.length > 0 && (
        <section className="section">
          <div className="section__head">
            <h2>Recent invoices</h2>
            <Link to={`${base}/invoices?status=all&sort=issued-desc`}>All invoices</Link>
          </div>
          <InvoiceTable
            caption="Recent invoices"
            base={base}
            rows={recent}
            amountsIn={loaderData.amountsIn}
          />
        </section>
      )}
    </>
  )
}
