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
  /** What its payment asked for, once there is one. */
  readonly charged: Money | null
  readonly paymentId: PaymentId | null
  /** For a debit that waits: not before. For a failed one: when it is tried again. */
  readonly nextTryOn: BusinessDate | null
  readonly items: readonly {
    readonly invoiceId: InvoiceId
    readonly number: string
    readonly amount: Money
  }[]
  /** Numbers of the invoices that the limit left out. */
  readonly leftOut: readonly string[]
}
