import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { chargebackRow } from '#app/components/money-back/chargeback-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { listChargebacks } from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/chargebacks.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Chargebacks' }]

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const isOpen = new URL(request.url).searchParams.get('show') !== 'ended'
  const chargebacks = await listChargebacks(isOpen)
  return { isOpen, rows: chargebacks.map((each) => chargebackRow(each, reading)) }
}

export default function Chargebacks({ loaderData }: Route.ComponentProps): ReactNode {
  const { isOpen, rows } = loaderData
  return (
    <div className="stack">
      <PageHeader
        kicker={<Link to="/staff/payments">Payments</Link>}
        title="Chargebacks"
        lead="Payments that a payer’s bank takes back, or asks about. The nearest last day comes first."
      />
      <Tabs
        label="Chargebacks"
        tabs={[
          { to: '/staff/chargebacks', label: 'Open', current: isOpen },
          { to: '/staff/chargebacks?show=ended', label: 'Ended', current: !isOpen },
        ]}
      />
      {rows.length === 0 ? (
        <EmptyState title={isOpen ? 'No bank takes a payment back' : 'No chargeback has ended yet'}>
          <Link to="/staff/payments">Payments</Link>
        </EmptyState>
      ) : (
        <FactTable
          caption={isOpen ? 'Open chargebacks' : 'Chargebacks that have ended'}
          columns={[
            { key: 'payment', label: 'Payment' },
            { key: 'customer', label: 'Customer' },
            { key: 'state', label: 'State' },
            { key: 'why', label: 'Why' },
            { key: 'due', label: 'Answer by', nowrap: true },
            { key: 'amount', label: 'Amount', amount: true },
          ]}
          rows={rows.map((row) => ({
            key: row.id,
            cells: [
              <Link key="payment" to={`/staff/chargebacks/${row.id}`}>
                {row.payment.number}
              </Link>,
              row.customer.name,
              <StatusTag key="state" tone={row.tone} shape={row.shape}>
                {row.word}
              </StatusTag>,
              row.reason,
              row.due,
              row.amount,
            ],
          }))}
        />
      )}
    </div>
  )
}
