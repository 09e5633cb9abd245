import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { present } from '#scripts/sandbox/api/present.ts'
import type { TestCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { moveBalance } from '#scripts/sandbox/resources/balance.ts'
import { settleCharge } from '#scripts/sandbox/resources/charges.ts'
import { emptyEvidence } from '#scripts/sandbox/resources/evidence.ts'
import { DISPUTE_FEE } from '#scripts/sandbox/resources/fees.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** A dispute to open: why, over which part of the charge, and whether money is taken (an inquiry only asks). */
export type DisputePlan = { reason: string; share: 'whole' | 'half'; isInquiry: boolean }

const RESPONSE_SECONDS = 9 * 24 * 60 * 60

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

/** Endpoints of disputes: reading only. */
export const DISPUTE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/disputes/{id}', (sandbox, _params, id) => {
    const dispute = sandbox.store.find('dispute', id)
    if (!dispute) throw noSuch('dispute', id)
    return present(sandbox, dispute)
  }),
  operation<ListParams & { charge?: string; payment_intent?: string }>(
    'GET',
    '/v1/disputes',
    (sandbox, params) => {
      const { charge, payment_intent } = params
      return listObjects(sandbox, 'dispute', '/v1/disputes', params, { charge, payment_intent })
    },
  ),
]

/** Opens a dispute; unless it only inquires, the amount and the fee leave the balance at once. */
export function openDispute(sandbox: Sandbox, chargeId: string, plan: DisputePlan): Stripe.Dispute {
  settleCharge(sandbox, chargeId)
  const charge = sandbox.store.get('charge', chargeId)
  const now = sandbox.clock.now()
  const id = newProviderId('du')
  const amount = plan.share === 'half' ? Math.floor(charge.amount / 2) : charge.amount
  const movement = plan.isInquiry
    ? null
    : moveBalance(sandbox, {
        type: 'adjustment',
        reportingCategory: 'dispute',
        amount: -amount,
        fee: DISPUTE_FEE,
        currency: charge.currency,
        source: id,
        description: `Chargeback withdrawal for ${charge.id}`,
        availableOn: now,
      })
  const details = charge.payment_method_details?.card
  const dispute: Stripe.Dispute = {
    id,
    object: 'dispute',
    amount,
    balance_transactions: movement ? [movement] : [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: emptyEvidence(),
    evidence_details: {
      due_by: now + RESPONSE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: plan.isInquiry,
    livemode: false,
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    payment_method_details: {
      type: 'card',
      card: {
        brand: details?.brand ?? 'visa',
        case_type: plan.isInquiry ? 'inquiry' : 'chargeback',
        network: details?.network ?? 'visa',
        network_reason_code: plan.reason === 'fraudulent' ? '10.4' : '13.1',
      },
    },
    reason: plan.reason,
    status: plan.isInquiry ? 'warning_needs_response' : 'needs_response',
  }
  sandbox.store.insert<'dispute'>(dispute)
  sandbox.store.update({ ...charge, disputed: true })
  emit(sandbox, 'charge.dispute.created', dispute)
  if (movement) emit(sandbox, 'charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** The network warns of fraud; no money moves. */
export function warnOfFraud(sandbox: Sandbox, chargeId: string): void {
  const charge = sandbox.store.get('charge', chargeId)
  const warning: Stripe.Radar.EarlyFraudWarning = {
    id: newProviderId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: sandbox.clock.now(),
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(typeof charge.payment_intent === 'string' ? { payment_intent: charge.payment_intent } : {}),
  }
  sandbox.store.insert<'radar.early_fraud_warning'>(warning)
  emit(sandbox, 'radar.early_fraud_warning.created', warning)
}
