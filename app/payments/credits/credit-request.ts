/** A buyer's request to use credit where the supplier wants to see it first. */
import type { Money } from '#app/money/money.ts'

export const REQUEST_STATES = ['requested', 'approved', 'declined'] as const
export type RequestState = (typeof REQUEST_STATES)[number]

export type CreditRequestView = {
  readonly id: string
  readonly customerId: string
  readonly customerName: string
  /** Number of the credit memo or of the payment. */
  readonly credit: string
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly amount: Money
  readonly state: RequestState
  readonly note: string | null
  readonly createdAt: Date
  readonly decidedAt: Date | null
}
