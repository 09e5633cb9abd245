import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { AccountFigures } from '#app/components/account/account-figures.tsx'
import { autopayOrderView, autopayRunView } from '#app/components/autopay/autopay-view.ts'
import { CustomerAutopay } from '#app/components/autopay/customer-autopay.tsx'
import { PayLinks } from '#app/components/cart/pay-links.tsx'
import { invoiceListRow } from '#app/components/invoices/invoice-list-row.ts'
import { InvoiceTable } from '#app/components/invoices/invoice-table.tsx'
import { PaymentListTable } from '#app/components/payments/payment-list-table.tsx'
import { paymentListRow } from '#app/components/payments/payment-list-view.ts'
import { staffFigureLines } from '#app/components/staff-home/staff-figures-view.ts'
import { StaffSaid } from '#app/components/staff-home/staff-said.tsx'
import { accountFigures } from '#app/invoices/account-figures.server.ts'
import { EVERY_INVOICE } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import type { Right } from '#app/parties/rights.ts'
import { listOrders, listRuns } from '#app/payments/autopay/autopay-queries.server.ts'
import { listPayments } from '#app/payments/overview/payment-queries.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { answerLinkForm, doneWords, payLinkPanel } from '#app/routes/staff/link-actions.server.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { KeyValues } from '#app/ui/key-values.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/customer.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.name ?? 'Customer' }]

const RECENT = { sort: 'issued-desc', after: null, before: null, size: 8 } as const

const RIGHT_WORDS: Readonly<Record<Right, string>> = {
  view: 'view',
  pay: 'pay',
  dispute: 'dispute',
  plans: 'ask for plans',
  administer: 'administer',
}

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const id = readCustomerId(params.customerId)
  const file = id && (await findCustomerFile(id))
  if (!file) throw notFound()
  const { locale, timeZone } = reading
  const [figures, invoices, paid, orders, runs] = await Promise.all([
    accountFigures(file.id, reading),
    listInvoices({ customerId: file.id }, EVERY_INVOICE, RECENT, reading),
    listPayments({ customerId: file.id, after: null }),
    listOrders(file.id),
    listRuns(file.id),
  ])
  const oneCurrency = invoices.sums.length === 1
  return {
    id: encodeId('cst', file.id),
    name: file.name,
    asOf: formatInstant(reading.now, timeZone, locale),
    facts: [
      ['Account number', file.number],
      ['Mail', file.email ?? ''],
      ['Address', [...file.addressLines, file.countryCode ?? ''].filter(Boolean).join(', ')],
      ['Comes from', file.source],
      ['Second factor', file.requiresTotp ? 'asked of every buyer' : 'each buyer’s choice'],
    ] as const,
    accounts: figures.map((each) => ({
      currency: each.currency,
      lines: staffFigureLines(each, encodeId('cst', file.id)),
    })),
    people: file.people.map((person) => ({
      id: person.id,
      name: person.isDisabled ? `${person.name} (shut out)` : person.name,
      email: person.email,
      rights: person.rights.map((right) => RIGHT_WORDS[right]).join(', '),
      seen: person.lastSeenAt === null ? '' : formatInstant(person.lastSeenAt, timeZone, locale),
    })),
    links: await payLinkPanel(
      file.id,
      null,
      figures.some((each) => each.open.amount.minor !== '0'),
      reading,
    ),
    done: doneWords(new URL(request.url).searchParams),
    amountsIn: oneCurrency ? (invoices.sums[0]?.currency ?? null) : null,
    invoices: invoices.rows.map((row) => invoiceListRow(row, { oneCurrency })),
    payments: paid.payments.slice(0, RECENT.size).map((each) => paymentListRow(each, reading)),
    autopay: orders.map((each) => autopayOrderView(each, reading)),
    debits: [...runs.ahead, ...runs.log].slice(0, RECENT.size).map((each) => autopayRunView(each, locale)),
  }
}

/** Mails a pay link for everything that is open, or ends one. */
export async function action({ request, params }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  const customerId = readCustomerId(params.customerId)
  if (customerId === null || (await findCustomerFile(customerId)) === null) throw notFound()
  const place = { customerId, invoiceId: null, path: `/staff/customers/${params.customerId}` }
  return answerLinkForm(await request.formData(), place, person.id)
}

export default function Customer({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { id, name, facts, accounts, people, invoices, payments } = loaderData
  const base = `/staff/customers/${id}`
  return (
    <>
      <PageHeader kicker={<Link to="/staff/customers">Customers</Link>} title={name}>
        <ButtonLink variant="secondary" to={`${base}/statement`}>
          Statement
        </ButtonLink>
        <ButtonLink variant="secondary" to={`${base}/open-items`}>
          Open items
        </ButtonLink>
        <ButtonLink variant="secondary" to={`${base}/credits`}>
          Credit
        </ButtonLink>
      </PageHeader>
      <StaffSaid done={loaderData.done} refusal={actionData?.sentence ?? null} />
      <div className="columns">
        <div className="stack-l">
          {accounts.map((account) => (
            <div key={account.currency} className="stack-s">
              <h2>In {account.currency}</h2>
              <AccountFigures
                title={`Account in ${account.currency}`}
                figures={account.lines}
                asOf={loaderData.asOf}
              />
            </div>
          ))}
          {accounts.length === 0 && <p className="muted">Nothing was ever issued to this customer.</p>}
        </div>
        <KeyValues
          facts={facts.flatMap(([fact, value]) =>
            value === ''
              ? []
              : [{ key: fact, name: fact, value: <span className="wrap-anywhere">{value}</span> }],
          )}
        />
      </div>
      <section className="section">
        <h2>People</h2>
        {people.length === 0 ? (
          <EmptyState title="Nobody can sign in for this customer yet" />
        ) : (
          <FactTable
            caption="People who may sign in for this customer"
            columns={[
              { key: 'name', label: 'Name' },
              { key: 'email', label: 'Mail' },
              { key: 'rights', label: 'May' },
              { key: 'seen', label: 'Last signed in', nowrap: true },
            ]}
            rows={people.map((person) => ({
              key: person.id,
              cells: [person.name, person.email, person.rights, person.seen],
            }))}
          />
        )}
      </section>
      <PayLinks panel={loaderData.links} what="everything open" />
      {invoices.length > 0 && (
        <section className="section">
          <div className="section__head">
            <h2>Recent invoices</h2>
            <Link to={`/staff/invoices?customer=${id}&status=all&sort=issued-desc`}>All invoices</Link>
          </div>
          <InvoiceTable
            caption="Recent invoices"
            base="/staff"
            rows={invoices}
            amountsIn={loaderData.amountsIn}
          />
        </section>
      )}
      <CustomerAutopay orders={loaderData.autopay} debits={loaderData.debits} />
      {payments.length > 0 && (
        <section className="section">
          <div className="section__head">
            <h2>Recent payments</h2>
            <Link to={`/staff/payments?customer=${id}`}>All payments</Link>
          </div>
          <PaymentListTable caption="Recent payments" rows={payments} withCustomer={false} />
        </section>
      )}
    </>
  )
}
