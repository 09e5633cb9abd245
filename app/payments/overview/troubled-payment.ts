import type { PaymentSummary } from '#app/payments/overview/payment-detail.ts'

/** Why a payment is on the list of the day. */
export type TroubleReason = 'outcome-unknown' | 'not-answered' | 'no-word'

export type TroubledPayment = PaymentSummary & {
  readonly reason: TroubleReason
  readonly since: Date
  /** When the processor was last read for it. */
  readonly syncedAt: Date | null
}
