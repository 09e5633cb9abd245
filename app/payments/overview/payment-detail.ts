/** What pages show of a payment, as the books have it. Amounts are exact; words and formats are made by the pages. */
import type { CustomerId, InvoiceId, PaymentId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'
import type { AttemptState, PaymentStanding, PaymentState } from '#app/payments/payment.ts'
import type { ReceiptLedgerEntry, ReceiptReversal } from '#app/payments/receipts/receipt.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type PaymentSummary = {
  readonly id: PaymentId
  readonly number: string
  readonly customerId: CustomerId
  readonly customerName: string
  readonly amount: Money
  readonly standing: PaymentStanding
  readonly state: PaymentState
  readonly createdAt: Date
  readonly settledOn: BusinessDate | null
  /** How it is or was paid, to follow a date: "by Visa ending 4242". */
  readonly method: string
  /** When money on its way is expected; null when nobody can say. */
  readonly expectedOn: BusinessDate | null
}

export type PaymentAttemptView = {
  readonly id: string
  readonly attemptNo: number
  readonly operation: string
  readonly idempotencyKey: string
  readonly state: AttemptState
  readonly errorCode: string | null
  readonly errorText: string | null
  readonly providerRequestId: string | null
  readonly createdAt: Date
  readonly firstSentAt: Date | null
  readonly lastSentAt: Date | null
  readonly answeredAt: Date | null
}

export type PaymentChangeView = {
  readonly sequence: number
  readonly from: PaymentState | null
  readonly to: PaymentState
  readonly cause: string
  readonly recordedAt: Date
}

export type PaymentWebhookView = {
  readonly id: string
  readonly type: string
  readonly receivedAt: Date
  readonly processedAt: Date | null
  readonly outcome: string | null
  readonly lastError: string | null
}

export type PaymentJournalView = {
  readonly id: string
  readonly kind: string
  readonly effectiveOn: BusinessDate
  readonly recordedAt: Date
  /** Debit positive, credit negative. */
  readonly postings: readonly {
    readonly account: string
    readonly amount: Money
    readonly invoiceId: string | null
  }[]
}

/** What the buyer of a payment sees of it. */
export type PaymentDetail = PaymentSummary & {
  readonly received: Money
  readonly unapplied: Money
  readonly reversed: Money
  readonly failureCode: string | null
  /** What it is paid by; null while its payer may still choose, and for what never went through the card service. */
  readonly paysBy: SavedMethodKind | null
  readonly settledAt: Date | null
  /** Where the buyer goes on paying; null when nothing is left to do there. */
  readonly checkoutUrl: string | null
  readonly isCancelable: boolean
  readonly items: readonly {
    readonly invoiceId: InvoiceId
    readonly number: string
    readonly amount: Money
    /** Whether something of the invoice can be paid now. */
    readonly isPayable: boolean
  }[]
  readonly changes: readonly PaymentChangeView[]
  readonly reversals: readonly (ReceiptReversal & { readonly recordedAt: Date })[]
  readonly ledger: readonly ReceiptLedgerEntry[]
}

/** What staff see besides: every write, event and journal. */
export type PaymentFile = PaymentDetail & {
  readonly checkoutId: string | null
  readonly intentId: string | null
  readonly chargeId: string | null
  readonly syncedAt: Date | null
  readonly attempts: readonly PaymentAttemptView[]
  readonly webhooks: readonly PaymentWebhookView[]
  readonly journals: readonly PaymentJournalView[]
}
