/**
 * The processor's own books, in our words: every movement of the money that it keeps for us, and its payouts to the bank.
 * Amounts are minor units, positive towards us; instants are on the processor's clock. Every method may throw a GatewayFault.
 */
import type { BusinessDate } from '#app/platform/time.ts'

/**
 * What a movement is of. A reserve is money that the processor holds back and gives free later: it stays ours, and no side of the
 * books changes by it. An adjustment and anything else is for a person.
 */
export type MovementKind =
  | 'payment'
  | 'refund'
  | 'dispute'
  | 'fee'
  | 'payout'
  | 'reserve'
  | 'adjustment'
  | 'other'

export type TransactionReading = {
  readonly transactionId: string
  readonly kind: MovementKind
  /** The processor's word, such as charge, payment, refund, adjustment, payout, stripe_fee; it adds words without notice. */
  readonly type: string
  readonly reportingCategory: string
  readonly amountMinor: bigint
  readonly feeMinor: bigint
  /** Amount less fee: what the balance changed by. */
  readonly netMinor: bigint
  /** Whether amount or fee were finer than our minor unit; both are then rounded, half away from zero. */
  readonly isRounded: boolean
  readonly currency: string
  /** Charge, refund, dispute or payout that it is of; its own id when it is of none. */
  readonly sourceId: string
  /** The processor's customer of the charge that it is of, or null. */
  readonly sourceCustomerId: string | null
  /** What the charge carries as our payment's id, unchecked, or null. */
  readonly sourceReference: string | null
  readonly status: 'pending' | 'available'
  readonly createdAt: Date
  readonly availableAt: Date
}

export type PayoutStatus = 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled'

export type PayoutReading = {
  readonly payoutId: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly status: PayoutStatus
  /** Day on which it is, or was, to be at the bank. */
  readonly arrivalDate: BusinessDate
  readonly isAutomatic: boolean
  /** Whether the processor can say by now which movements are in it. */
  readonly isItemised: boolean
  readonly failureCode: string | null
  /** How the bank's statement may name it. */
  readonly traceId: string | null
  readonly createdAt: Date
}

/** One page of a list, newest first; `next` asks for the one after it, null on the last. */
export type Page<Reading> = { readonly readings: readonly Reading[]; readonly next: string | null }

/** Created at or after `from` and before `until`; without `until`, everything since. */
export type CreatedRange = { readonly from: Date; readonly until: Date | null }

export interface ProviderBooks {
  /** Movements of a time, or those that a payout paid out (its own movement among them). */
  listTransactions(
    of: CreatedRange | { readonly payoutId: string },
    after: string | null,
  ): Promise<Page<TransactionReading>>
  listPayouts(range: CreatedRange, after: string | null): Promise<Page<PayoutReading>>
  /** The payout as it is now, or null when there is none of that id. */
  readPayout(payoutId: string): Promise<PayoutReading | null>
}
