import type { AutopayId, AutopayRunId, InvoiceId, PaymentId, SavedMethodId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import type { Money } from '#app/money/money.ts'
import type { AutopayState, RunState } from '#app/payments/autopay/autopay-words.ts'
import type { AutopayScope } from '#app/payments/autopay/orders/order.ts'
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** An order as its pages and letters need it. */
export type AutopayOrderRecord = {
  readonly id: AutopayId
  readonly state: AutopayState
  readonly pausedReason: string | null
  readonly currency: CurrencyCode
  readonly limit: Money
  readonly scope: AutopayScope
  readonly daysBefore: number
  readonly methodId: SavedMethodId
  readonly methodName: string
  readonly acceptedAt: Date
  /** Who agreed; null when the person was erased. */
  readonly acceptedBy: string | null
  /** The text that was agreed to, paragraphs apart by an empty line. */
  readonly agreedText: string
}

/** One invoice of a debit as it was announced. */
export type AnnouncedItem = {
  readonly invoiceId: InvoiceId
  readonly number: string
  /** What is to be debited. */
  readonly amount: Money
  readonly credit: Money
  readonly discount: Money
}

/** A debit as its pages and letters need it. */
export type AutopayRunRecord = {
  readonly id: AutopayRunId
  readonly debitOn: BusinessDate
  readonly attemptNo: number
  readonly state: RunState
  readonly reason: string | null
  readonly methodName: string
  readonly methodKind: SavedMethodKind
  /** As announced; what is charged is never more. */
  readonly announced: Money
  /** What its payment asked for, once there is one; nothing where credit covered all of it. */
  readonly charged: Money | null
  /** Credit used first: as announced, and once it began, what was used. */
  readonly credit: Money
  /** The early-payment discount: as announced, and once it began, what its payment is to earn or has earned. */
  readonly discount: Money
  readonly paymentId: PaymentId | null
  /** For a debit that waits: not before. For a failed one: when it is tried again. */
  readonly nextTryOn: BusinessDate | null
  readonly items: readonly AnnouncedItem[]
  /** Numbers of the invoices that the limit left out. */
  readonly leftOut: readonly string[]
}
