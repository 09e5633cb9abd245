import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { type MoneyState, moneyStateTag, stateOfPayment } from '#app/components/invoices/money-state.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import { methodAlone } from '#app/payments/receipts/receipt.ts'
import { businessDateIn, formatBusinessDate } from '#app/platform/time.ts'
import { DataTable } from '#app/ui/data-table.tsx'

/** One payment as a list shows it. */
export type PaymentRow = {
  id: string
  number: string
  href: string
  customer: string | null
  startedOn: string
  method: string
  state: MoneyState
  amount: string
}

/** The row of a table for a payment; `base` is the area in which it opens. */
export function paymentRow(
  payment: PaymentSummary,
  asks: { base: string; locale: string; timeZone: string; withCustomer?: boolean },
): PaymentRow {
  const id = encodeId('pay', payment.id)
  const day = payment.settledOn ?? businessDateIn(asks.timeZone, payment.createdAt)
  return {
    id,
    number: payment.number,
    href: `${asks.base}/payments/${id}`,
    customer: asks.withCustomer ? payment.customerName : null,
    startedOn: formatBusinessDate(day, asks.locale),
    method: methodAlone(payment.method),
    state: stateOfPayment(payment.standing),
    amount: formatMoney(payment.amount, asks.locale),
  }
}

/** Payments, newest first; a row opens the payment. */
export function PaymentTable({
  caption,
  rows,
  withCustomer = false,
}: {
  caption: string
  rows: readonly PaymentRow[]
  withCustomer?: boolean
}): ReactNode {
  return (
    <DataTable
      caption={caption}
      rowsOpen
      columns={[
        { key: 'number', label: 'Payment' },
        ...(withCustomer ? [{ key: 'customer', label: 'Customer' }] : []),
        { key: 'on', label: 'Date' },
        { key: 'method', label: 'Method' },
        { key: 'state', label: 'State' },
        { key: 'amount', label: 'Amount', amount: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <a className="row-link" href={row.href}>
              {row.number}
            </a>
          </th>
          {withCustomer && <td data-label="Customer">{row.customer}</td>}
          <td data-label="Date" className="nowrap">
            {row.startedOn}
          </td>
          <td data-label="Method">{row.method}</td>
          <td data-label="State">{moneyStateTag(row.state)}</td>
          <td data-label="Amount" className="num">
            {row.amount}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
