import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { PaymentTable, paymentRow } from '#app/components/payments/payment-table.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { listPayments } from '#app/payments/overview/payment-queries.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import type { Route } from './+types/payments.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Payments' }]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const base = `/c/${params.customerId}`
  const after = decodeId('pay', new URL(request.url).searchParams.get('after') ?? '')
  const page = await listPayments({ customerId: customer.id, after })
  return {
    base,
    isFirst: after === null,
    rows: page.payments.map((payment) => paymentRow(payment, { base, ...reading })),
    next: page.next && `${base}/payments?after=${encodeId('pay', page.next)}`,
  }
}

export default function Payments({ loaderData }: Route.ComponentProps): ReactNode {
  const { rows, next, isFirst, base } = loaderData
  return (
    <>
      <PageHeader title="Payments" lead="Every payment, how it stands, and its receipt." />
      {rows.length === 0 ? (
        <EmptyState title="No payments yet">
          <p className="muted">
            <Link to={`${base}/invoices`}>Choose invoices to pay</Link>
          </p>
        </EmptyState>
      ) : (
        <PaymentTable caption="Payments" rows={rows} />
      )}
      {(next !== null || !isFirst) && (
        <Pagination
          summary={isFirst ? 'Newest first' : <Link to={`${base}/payments`}>Back to the newest</Link>}
          previous={null}
          next={next}
        />
      )}
    </>
  )
}
