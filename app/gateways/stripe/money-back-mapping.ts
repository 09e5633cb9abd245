/** Refunds and disputes: Stripe's words to ours and back. */
import { z } from 'zod'
import type { DisputeAnswer, RefundAnswer } from '#app/gateways/stripe/answers.ts'
import { feeReading, instant } from '#app/gateways/stripe/mapping.ts'
import type { DisputeReading, DisputeState, RefundInput, RefundReading } from '#app/gateways/stripe/port.ts'
import { fromStripe, toStripe } from '#app/gateways/stripe/stripe-scale.ts'

/** The request that makes a refund; its field order is the order in which it is sent, each time. */
export const storedRefund = z.strictObject({
  payment_intent: z.string(),
  amount: z.int().positive(),
  reason: z.enum(['requested_by_customer', 'duplicate']).exactOptional(),
  metadata: z.strictObject({ payment_id: z.string(), refund_id: z.string() }),
})
export type StoredRefund = z.infer<typeof storedRefund>

export const storedEvidence = z.strictObject({
  dispute: z.string(),
  evidence: z.strictObject({ uncategorized_text: z.string() }),
  submit: z.literal(true),
})

export const storedAcceptance = z.strictObject({ dispute: z.string() })

/** A reason of ours that Stripe has no word for is left out. */
export function refundRequest(input: RefundInput): StoredRefund {
  return {
    payment_intent: input.intentId,
    amount: toStripe(input.amountMinor, input.currency),
    ...(input.reason === 'other' ? {} : { reason: input.reason }),
    metadata: { payment_id: input.paymentReference, refund_id: input.reference },
  }
}

export function evidenceRequest(disputeId: string, text: string): z.infer<typeof storedEvidence> {
  return { dispute: disputeId, evidence: { uncategorized_text: text }, submit: true }
}

export function acceptanceRequest(disputeId: string): z.infer<typeof storedAcceptance> {
  return { dispute: disputeId }
}

export function refundReading(answer: RefundAnswer): RefundReading {
  return {
    refundId: answer.id,
    reference: answer.metadata?.refund_id ?? null,
    amountMinor: fromStripe(answer.amount, answer.currency),
    status: answer.status === 'requires_action' ? 'pending' : answer.status,
    reason: answer.reason ?? null,
    failureCode: answer.failure_reason ?? null,
    createdAt: instant(answer.created),
  }
}

export function disputeReading(answer: DisputeAnswer): DisputeReading {
  const movements = answer.balance_transactions
  const withdrawn = movements.filter((each) => each.amount < 0).map((each) => each.created)
  const balance = movements.reduce((sum, each) => sum + BigInt(each.amount), 0n)
  const dueBy = answer.evidence_details?.due_by
  return {
    disputeId: answer.id,
    amountMinor: fromStripe(answer.amount, answer.currency),
    state: disputeState(answer.status),
    withdrawnAt: withdrawn.length === 0 ? null : instant(Math.min(...withdrawn)),
    isReinstated: withdrawn.length > 0 && balance >= 0n,
    evidenceDueAt: dueBy === null || dueBy === undefined ? null : instant(dueBy),
    isAnswered: (answer.evidence_details?.submission_count ?? 0) > 0,
    networkCode: answer.payment_method_details?.card?.network_reason_code ?? null,
    fees: movements.map(feeReading),
    reason: answer.reason,
    createdAt: instant(answer.created),
  }
}

/** An appeal asks for an answer, or waits for one, like the dispute before it. */
export function disputeState(status: DisputeAnswer['status']): DisputeState {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return 'inquiry'
    case 'warning_closed':
      return 'inquiry_closed'
    case 'needs_response':
    case 'appeal_needs_response':
      return 'needs_response'
    case 'under_review':
    case 'appeal_under_review':
      return 'under_review'
    case 'won':
    case 'lost':
    case 'prevented':
      return status
  }
}
