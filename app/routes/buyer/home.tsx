import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { AccountFigures, AmountDueBlock } from '#app/components/account/account-figures.tsx'
import { accountFigureLines, amountDueView } from '#app/components/account/account-home-view.ts'
import { invoiceListRow } from '#app/components/invoices/invoice-list-row.ts'
import { InvoiceTable } from '#app/components/invoices/invoice-table.tsx'
import { methodTasks } from '#app/components/methods/method-tasks.ts'
import { UnderWayList, underWayView } from '#app/components/payments/under-way.tsx'
import { accountFigures } from '#app/invoices/account-figures.server.ts'
import { EVERY_INVOICE } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { stepOf } from '#app/payments/linked-banks/links/bank-link.ts'
import { linkFactsOf, listOpenLinks } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { listPaymentsUnderWay } from '#app/payments/overview/payment-queries.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { ButtonLink } from '#app/ui/button.tsx'
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
  const canPay = customer.rights.includes('pay')
  const [figures, recent, underWay, methods, links] = await Promise.all([
    accountFigures(customer.id, reading),
    listInvoices({ customerId: customer.id }, EVERY_INVOICE, RECENT, reading),
    listPaymentsUnderWay(customer.id),
    canPay ? listSavedMethods(customer.id) : [],
    canPay ? listOpenLinks(customer.id) : [],
  ])
  const asks = { base, ...reading, canPay }
  const begun = links.map((link) => ({
    ...link,
    bankName: link.institutionName,
    step: stepOf(linkFactsOf(link)),
  }))
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
    tasks: methodTasks(methods, begun, { base, ...reading }),
    recent: recent.rows.map((row) => invoiceListRow(row, { oneCurrency: recent.sums.length === 1 })),
    amountsIn: recent.sums.length === 1 ? (recent.sums[0]?.currency ?? null) : null,
  }
}

export default function AccountHome({ loaderData }: Route.ComponentProps): ReactNode {
  const { accounts, recent, tasks, base } = loaderData
  const waiting = loaderData.underWay.filter(({ waitsForBuyer }) => waitsForBuyer)
  const onTheirWay = loaderData.underWay.filter(({ waitsForBuyer }) => !waitsForBuyer)
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
      {onTheirWay.length > 0 && (
        <section className="section">
          <h2>On its way</h2>
          <ul className="to-do">
            <UnderWayList payments={onTheirWay} />
          </ul>
        </section>
      )}
      {waiting.length + tasks.length > 0 && (
        <section className="section">
          <h2>Waiting for you</h2>
          <ul className="to-do">
            <UnderWayList payments={waiting} />
            {tasks.map(({ key, text, label, href }) => (
              <li key={key}>
                <span>{text}</span>
                <ButtonLink variant="secondary" to={href} aria-label={`${label}: ${text}`}>
                  {label}
                </ButtonLink>
              </li>
            ))}
          </ul>
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
