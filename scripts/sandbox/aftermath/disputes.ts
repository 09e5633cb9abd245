import type Stripe from 'stripe'
import type { DisputePlan } from '#scripts/sandbox/aftermath/dispute-plans.ts'
import { emptyEvidence } from '#scripts/sandbox/aftermath/evidence.ts'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { DISPUTE_FEE } from '#scripts/sandbox/balance/fees.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { isBankDebit, settleCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Dispute = Stripe.Dispute

const RESPONSE_SECONDS = 9 * 24 * 60 * 60

/** Opens a dispute; unless it only inquires, the amount and the fee leave the balance at once. */
export function openDispute(sandbox: Sandbox, chargeId: string, plan: DisputePlan): Dispute {
  settleCharge(sandbox, chargeId)
  const charge = sandbox.store.get('charge', chargeId)
  const isFinal = isBankDebit(charge)
  const now = sandbox.clock.now()
  // A bank takes a whole debit back, whatever was refunded; a card's network only what is left.
  const left = isFinal ? charge.amount : charge.amount - charge.amount_refunded || charge.amount
  const dispute: Dispute = {
    id: newProviderId('du'),
    object: 'dispute',
    amount: plan.share === 'half' ? Math.floor(left / 2) : left,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: emptyEvidence(),
    evidence_details: {
      due_by: isFinal ? null : now + RESPONSE_SECONDS,
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
    ...(isFinal ? {} : { payment_method_details: cardDetails(charge, plan) }),
    reason: plan.reason,
    status: plan.isInquiry ? 'warning_needs_response' : 'needs_response',
  }
  sandbox.store.insert<'dispute'>(dispute)
  sandbox.store.update({ ...charge, disputed: true })
  const opened = plan.isInquiry ? dispute : bookWithdrawal(sandbox, dispute)
  emit(sandbox, 'charge.dispute.created', opened)
  if (!plan.isInquiry) emit(sandbox, 'charge.dispute.funds_withdrawn', opened)
  return opened
}

/** Takes the disputed amount and the fee from the balance. */
export function bookWithdrawal(sandbox: Sandbox, dispute: Dispute): Dispute {
  const movement = moveBalance(sandbox, {
    type: 'adjustment',
    reportingCategory: 'dispute',
    amount: -dispute.amount,
    fee: DISPUTE_FEE,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback withdrawal for ${idOf(dispute.charge)}`,
    availableOn: sandbox.clock.now(),
  })
  const withdrawn = { ...dispute, balance_transactions: [...dispute.balance_transactions, movement] }
  sandbox.store.update(withdrawn)
  return withdrawn
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

function cardDetails(charge: Stripe.Charge, plan: DisputePlan): Stripe.Dispute.PaymentMethodDetails {
  const details = charge.payment_method_details?.card
  return {
    type: 'card',
    card: {
      brand: details?.brand ?? 'visa',
      case_type: plan.isInquiry ? 'inquiry' : 'chargeback',
      network: details?.network ?? 'visa',
      network_reason_code: plan.reason === 'fraudulent' ? '10.4' : '13.1',
    },
  }
}
