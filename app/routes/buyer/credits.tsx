import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { listCredits } from '#app/invoices/credit-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/credits.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Credit not used' }]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { locale } = await readingFor(request)
  return { base: `/c/${params.customerId}`, credits: await listCredits(customer.id, locale) }
}

export default function Credits({ loaderData }: Route.ComponentProps): ReactNode {
  const { credits, base } = loaderData
  return (
    <>
      <PageHeader
        title="Credit not used"
        lead="Credit memos and money that you paid beyond what was open. It stays yours until it is used or paid back."
      />
      {credits.length === 0 ? (
        <EmptyState title="There is no unused credit" />
      ) : (
        <DataTable
          caption="Credit not used"
          columns={[
            { key: 'number', label: 'Credit' },
            { key: 'on', label: 'Date' },
            { key: 'why', label: 'Why' },
            { key: 'total', label: 'In all', amount: true },
            { key: 'rest', label: 'Not used', amount: true },
          ]}
        >
          {credits.map((credit) => (
            <tr key={credit.id}>
              <th scope="row" className="lead">
                {credit.kind === 'payment' ? (
                  <Link to={`${base}/payments/${credit.id}`}>Payment {credit.number}</Link>
                ) : (
                  `Credit ${credit.number}`
                )}
              </th>
              <td data-label="Date" className="nowrap">
                {credit.on.text}
              </td>
              <td data-label="Why">{credit.reason ?? 'Paid more than was open'}</td>
              <td data-label="In all" className="num">
                {credit.total.spoken}
              </td>
              <td data-label="Not used" className="num">
                {credit.remaining.spoken}
              </td>
            </tr>
          ))}
        </DataTable>
      )}
    </>
  )
}
