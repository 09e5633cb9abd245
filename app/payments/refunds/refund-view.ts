/** What pages show of refunds, as the books have them. */
import type { CustomerId, InvoiceId, PaymentId, RefundId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { RefundReason, RefundState } from '#app/payments/refunds/refund.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type RefundView = {
  readonly id: RefundId
  readonly paymentId: PaymentId
  readonly amount: Money
  readonly reason: RefundReason
  readonly state: RefundState
  readonly creditOnly: boolean
  readonly invoiceNumber: string | null
  readonly byBuyer: boolean
  readonly requestedBy: string | null
  /** Name of whoever asked, unless that person was erased. */
  readonly requestedByName: string | null
  readonly decidedByName: string | null
  readonly decisionNote: string | null
  readonly failureCode: string | null
  /** The answer of the processor is not known. */
  readonly isUnclear: boolean
  readonly needsManager: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A refund in the queue of all of them. */
export type QueuedRefund = RefundView & {
  readonly paymentNumber: string
  readonly customerId: CustomerId
  readonly customerName: string
}

/** What a form may ask back of one payment. */
export type Refundable = {
  /** Of the whole payment; zero when nothing is left, and what is in the way then. */
  readonly amount: Money
  readonly credit: Money
  readonly invoices: readonly { readonly id: InvoiceId; readonly number: string; readonly amount: Money }[]
  /** Only the whole of it: a bank debit where the supplier's account takes no parts. */
  readonly isWholeOnly: boolean
  /** Until when the payer's bank may still return it; null when it no longer can. */
  readonly returnableUntil: BusinessDate | null
}
