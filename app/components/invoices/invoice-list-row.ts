import type { MoneyState } from '#app/components/invoices/money-state.tsx'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'

/** One invoice as a table shows it: only what is shown, because every byte travels with every row. */
export type InvoiceListRow = {
  id: string
  number: string
  /** "PO 4500-1187"; null without a purchase order. */
  po: string | null
  /** Whose invoice it is, where the list is not one customer's. */
  customer?: string
  issuedOn: string
  dueOn: string
  /** "in 3 days" or "12 days late"; null once nothing is owed. */
  dueWords: string | null
  late: boolean
  state: MoneyState
  total: string
  open: string
  currency: string
  /** Minor units that can be paid now, for the sum of the ticked rows; "0" has no checkbox. */
  payableMinor: string
}

/** A purchase order number with its name, which many of them already carry. */
export function poWords(number: string | null): string | null {
  if (number === null || number === '') return null
  return /^po\b/i.test(number) ? number : `PO ${number}`
}

/** The word for an invoice's state. A payment of it may only be begun: that is not yet money on its way. */
export function shownState(state: InvoiceRow['state']): MoneyState {
  return state === 'on-its-way' ? 'being-paid' : state
}

/** The row of a table for an invoice. With `oneCurrency` the head names the currency and the cells do not. */
export function invoiceListRow(
  row: InvoiceRow,
  { oneCurrency, withCustomer = false }: { oneCurrency: boolean; withCustomer?: boolean },
): InvoiceListRow {
  return {
    id: row.id,
    number: row.number,
    po: poWords(row.poNumber),
    ...(withCustomer && { customer: row.customer.name }),
    issuedOn: row.issuedOn.text,
    dueOn: row.dueOn.text,
    dueWords: row.dueInWords,
    late: row.daysLate > 0,
    state: shownState(row.state),
    total: oneCurrency ? row.total.text : row.total.spoken,
    open: oneCurrency ? row.open.text : row.open.spoken,
    currency: row.currency,
    payableMinor: row.payable.minor,
  }
}
