/**
 * A refund: asked for, approved, sent, and what became of it. The posting functions hold the same table; a test compares the two.
 * Who must approve, and how much of a payment is left to refund, is decided in SQL under the payment's lock.
 */
import type { PaymentMethod } from '#app/payments/receipts/receipt.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

export const REFUND_STATES = [
  'requested',
  'declined',
  'approved',
  'sent',
  'pending',
  'succeeded',
  'failed',
] as const
export type RefundState = (typeof REFUND_STATES)[number]

/** requested → approved → sent → pending → succeeded | failed; requested → declined. A bank may send back what succeeded. */
export const REFUND_TRANSITIONS: Readonly<Record<RefundState, readonly RefundState[]>> = {
  requested: ['approved', 'declined'],
  approved: ['sent'],
  sent: ['pending', 'succeeded', 'failed'],
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  declined: [],
  failed: [],
}

export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'other'] as const
export type RefundReason = (typeof REFUND_REASONS)[number]

/** A stored or sent reason; what is none of them counts as another. */
export function parseRefundReason(text: string): RefundReason {
  return REFUND_REASONS.find((each) => each === text) ?? 'other'
}

/** A bank may return a debit for so long; a refund made within it may pay the customer twice. */
const RETURN_WINDOW_DAYS = 60

/** The last day on which the payer's bank may still return this payment, when that day is yet to pass; null for none. */
export function returnWindowEnd(
  method: PaymentMethod,
  settledOn: BusinessDate,
  today: BusinessDate,
): BusinessDate | null {
  if (method !== 'us_bank_account') return null
  const end = addDays(settledOn, RETURN_WINDOW_DAYS)
  return today <= end ? end : null
}
