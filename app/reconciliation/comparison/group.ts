/**
 * One thing that moved money at the processor (a charge, a refund, a dispute), as both sides have it: everything that is compared
 * at once. Amounts are minor units, positive towards us.
 */
import type { MovementKind } from '#app/gateways/stripe/balance/port.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** A movement in the processor's books. */
export type Movement = {
  readonly id: string
  readonly kind: MovementKind
  readonly type: string
  readonly reportingCategory: string
  readonly amountMinor: bigint
  readonly feeMinor: bigint
  readonly netMinor: bigint
  readonly currency: string
  readonly createdAt: Date
  readonly processorCustomerId: string | null
}

/** What one of our journals moved on provider clearing. */
export type BookEntry = {
  readonly journalId: string
  readonly kind: string
  readonly postingKey: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly effectiveOn: BusinessDate
  readonly recordedAt: Date
}

/** A payment that the charge belongs to, by our word or by the processor's. */
export type PaymentFacts = {
  readonly id: string
  readonly number: string
  readonly state: string
  readonly customerId: string
  /** The charge that we know it by, or null. */
  readonly chargeId: string | null
  /** The processor's customers that it may be charged to: its customer's account there now, and the one that was asked. */
  readonly processorCustomerIds: readonly string[]
  /** Day on which a bank debit is expected; null for anything else. */
  readonly expectedOn: BusinessDate | null
}

export type Group = {
  /** The processor's id of it; where there is none, the key of the journal. */
  readonly key: string
  readonly movements: readonly Movement[]
  readonly entries: readonly BookEntry[]
  readonly payments: readonly PaymentFacts[]
}

/** When and by which patience a comparison judges. */
export type Judging = { readonly now: Date; readonly timeZone: string }
