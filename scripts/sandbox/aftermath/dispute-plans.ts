import type { TestCard } from '#scripts/sandbox/checkout/test-cards.ts'

/** A dispute to open: why, over which part of the charge, and whether money is taken (an inquiry only asks). */
export type DisputePlan = { reason: string; share: 'whole' | 'half'; isInquiry: boolean }

/** The disputes that follow a charge by itself, by the card that paid it. */
export const DISPUTE_PLANS: Record<TestCard['aftermath'], readonly DisputePlan[]> = {
  none: [],
  fraud_warning: [],
  fraud_dispute: [{ reason: 'fraudulent', share: 'whole', isInquiry: false }],
  not_received_dispute: [{ reason: 'product_not_received', share: 'whole', isInquiry: false }],
  inquiry: [{ reason: 'fraudulent', share: 'whole', isInquiry: true }],
  several_disputes: [
    { reason: 'fraudulent', share: 'half', isInquiry: false },
    { reason: 'fraudulent', share: 'half', isInquiry: false },
  ],
}
