import { encodeId } from '#app/books/ids.ts'
import type { PaymentListRow } from '#app/components/payments/payment-list-table.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import type { PaymentMethodName, PaymentShow } from '#app/payments/overview/payment-filter.ts'
import { methodAlone } from '#app/payments/receipts/receipt.ts'
import { businessDateIn, formatBusinessDate } from '#app/platform/time.ts'

type Words = { readonly locale: string; readonly timeZone: string }

/** The row of a staff list for a payment. */
export function paymentListRow(payment: PaymentSummary, { locale, timeZone }: Words): PaymentListRow {
  return {
    id: encodeId('pay', payment.id),
    number: payment.number,
    customer: { id: encodeId('cst', payment.customerId), name: payment.customerName },
    on: formatBusinessDate(businessDateIn(timeZone, payment.createdAt), locale),
    method: methodAlone(payment.method),
    standing: payment.standing,
    amount: formatMoney(payment.amount, locale),
  }
}

/** What the state filter offers, in the order of the form. */
export const SHOW_CHOICES: readonly (readonly [PaymentShow, string])[] = [
  ['all', 'All'],
  ['under-way', 'Under way'],
  ['unknown', 'Outcome unknown'],
  ['settled', 'Settled'],
  ['taken-back', 'Something taken back'],
  ['created', 'Being prepared'],
  ['awaiting_customer', 'Waiting for the buyer'],
  ['requires_action', 'Waiting for the bank’s check'],
  ['processing', 'On its way'],
  ['failed', 'Failed'],
  ['expired', 'Expired'],
  ['canceled', 'Cancelled'],
]

/** What the filter for the way of paying offers. */
export const METHOD_CHOICES: readonly (readonly [PaymentMethodName | '', string])[] = [
  ['', 'Any'],
  ['card', 'Card'],
  ['link', 'Link'],
  ['us_bank_account', 'Bank debit'],
  ['cheque', 'Cheque'],
  ['wire', 'Bank transfer'],
  ['cash', 'Cash'],
  ['imported', 'Imported'],
]
