import type { DayView } from '#app/invoices/invoice-view.ts'
import type { AmountView } from '#app/money/amount-view.ts'

/** Credit of a customer that is not applied yet: a credit memo, or what a payment brought in too much. */
export type CreditRow = {
  readonly id: string
  readonly kind: 'credit-memo' | 'payment'
  readonly number: string
  readonly on: DayView
  /** Why it was given; null for a payment. */
  readonly reason: string | null
  readonly total: AmountView
  readonly remaining: AmountView
}
