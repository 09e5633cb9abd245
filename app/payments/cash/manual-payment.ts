/**
 * Money that never went through the card processor: a cheque, a bank transfer, cash. Staff say whose it is, what it pays, and what
 * remains is credit of the customer. The payment's id is minted when the form is shown, so a form sent twice is one payment.
 */
import type { CustomerId, InvoiceId, PaymentId } from '#app/books/ids.ts'
import { isNegative, type Money, subtract, sum } from '#app/money/money.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export const MANUAL_METHODS = ['cheque', 'wire', 'cash'] as const
export type ManualMethod = (typeof MANUAL_METHODS)[number]

/** What one invoice gets of a payment. */
export type RemittanceItem = { readonly invoiceId: InvoiceId; readonly amount: Money }

export type ManualPayment = {
  readonly paymentId: PaymentId
  readonly customerId: CustomerId
  readonly method: ManualMethod
  readonly amount: Money
  /** Day on which the money arrived. */
  readonly settledOn: BusinessDate
  /** Number of the cheque, reference of the transfer. */
  readonly reference: string | null
  /** Each invoice once. */
  readonly items: readonly RemittanceItem[]
}

/** Why a payment is taken back. */
export const TAKE_BACK_REASONS = ['bounced', 'wrong_customer', 'wrong_amount', 'entered_twice'] as const
export type TakeBackReason = (typeof TAKE_BACK_REASONS)[number]

/** What of a payment no invoice gets: credit of the customer. Null when the invoices get more than there is. */
export function unappliedOf(amount: Money, items: readonly RemittanceItem[]): Money | null {
  const rest = subtract(
    amount,
    sum(
      items.map((item) => item.amount),
      amount.currency,
    ),
  )
  return isNegative(rest) ? null : rest
}
