import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { PaymentStanding } from '#app/payments/payment.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { StaffPaymentState } from './staff-payment-state.tsx'

/** One payment as a staff list shows it; amounts and dates are formatted. */
export type PaymentListRow = {
  id: string
  number: string
  customer: { id: string; name: string } | null
  on: string
  method: string
  standing: PaymentStanding
  amount: string
}

/** Payments for staff; without customers the list is one customer's. */
export function PaymentListTable({
  caption,
  rows,
  withCustomer = true,
}: {
  caption: string
  rows: readonly PaymentListRow[]
  withCustomer?: boolean
}): ReactNode {
  return (
    <DataTable
      caption={caption}
      rowsOpen
      columns={[
        { key: 'number', label: 'Payment' },
        ...(withCustomer ? [{ key: 'customer', label: 'Customer' }] : []),
        { key: 'on', label: 'Begun' },
        { key: 'method', label: 'How' },
        { key: 'state', label: 'State' },
        { key: 'amount', label: 'Amount', amount: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <Link className="row-link" to={`/staff/payments/${row.id}`}>
              {row.number}
            </Link>
          </th>
          {withCustomer && <td data-label="Customer">{row.customer?.name}</td>}
          <td data-label="Begun" className="nowrap">
            {row.on}
          </td>
          <td data-label="How">{row.method}</td>
          <td data-label="State">
            <StaffPaymentState standing={row.standing} />
          </td>
          <td data-label="Amount" className="num">
            {row.amount}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
