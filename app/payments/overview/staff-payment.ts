/** What staff see of a payment beyond its file: where its money went, its letters, and what people were asked to look at. */
import type { CustomerId, InvoiceId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { PaymentFile } from '#app/payments/overview/payment-detail.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type StaffPayment = PaymentFile & {
  readonly customer: { readonly id: CustomerId; readonly name: string; readonly number: string }
  readonly asked: Money
  /** Negative where an allocation was taken back. */
  readonly allocations: readonly {
    readonly id: string
    readonly invoiceId: InvoiceId
    readonly invoiceNumber: string
    readonly amount: Money
    readonly isReversal: boolean
    readonly effectiveOn: BusinessDate
  }[]
  readonly ledgerPlaces: ReadonlyMap<string, LedgerPlace>
  readonly mails: readonly {
    readonly id: string
    readonly template: string
    readonly recipient: string
    readonly createdAt: Date
    readonly sentAt: Date | null
    readonly attempts: number
    readonly lastError: string | null
  }[]
  readonly cases: readonly {
    readonly id: string
    readonly kind: string
    readonly openedAt: Date
    readonly resolvedAt: Date | null
    readonly resolution: string | null
  }[]
}

/** Where a ledger event stands: its number within its subject, and its position in the writer's stream. */
export type LedgerPlace = {
  readonly sequence: number
  readonly position: number | null
  readonly finalAt: Date | null
}
