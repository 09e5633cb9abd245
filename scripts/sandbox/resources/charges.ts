import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import type { Decline } from '#scripts/sandbox/checkout/declines.ts'
import { type TestCard, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { moveBalance } from '#scripts/sandbox/resources/balance.ts'
import { cardFee, PENDING_SECONDS } from '#scripts/sandbox/resources/fees.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** How the bank's check went: not asked, passed by the customer, or passed without asking. */
export type Authentication = 'none' | 'challenge' | 'frictionless'

/** Endpoints of charges: retrieve, list. */
export const CHARGE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/charges/{id}', (sandbox, _params, id) => {
    const charge = sandbox.store.find('charge', id)
    if (!charge) throw noSuch('charge', id)
    return charge
  }),
  operation<ListParams & { customer?: string; payment_intent?: string }>(
    'GET',
    '/v1/charges',
    (sandbox, params) => {
      const { customer, payment_intent } = params
      return listObjects(sandbox, 'charge', '/v1/charges', params, { customer, payment_intent })
    },
  ),
]

/** Charges a card: stores the charge, approved or (with `decline`) failed, and tells the endpoints. */
export function createCharge(
  sandbox: Sandbox,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline | null,
  authentication: Authentication,
): Stripe.Charge {
  const isApproved = decline === null
  const card = testCard(sandbox.store.secretsOf('payment_method', method.id).card)
  const charge: Stripe.Charge = {
    id: newProviderId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isApproved ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: 'SANDBOX PAYMENT',
    captured: isApproved,
    created: sandbox.clock.now(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(card, decline),
    paid: isApproved,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetails(intent, method, authentication) },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: isApproved ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  }
  sandbox.store.insert<'charge'>(charge)
  emit(sandbox, isApproved ? 'charge.succeeded' : 'charge.failed', charge)
  return charge
}

/**
 * Books the money of an approved charge. With asynchronous capture this comes a moment after the payment, and the
 * fee is known only from here on.
 */
export function settleCharge(sandbox: Sandbox, id: string): void {
  const charge = sandbox.store.get('charge', id)
  if (charge.balance_transaction !== null || charge.status !== 'succeeded') return
  const now = sandbox.clock.now()
  const transaction = moveBalance(sandbox, {
    type: 'charge',
    reportingCategory: 'charge',
    amount: charge.amount,
    fee: cardFee(charge.amount),
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    availableOn: cardOf(sandbox, charge).bypassesPending ? now : now + PENDING_SECONDS,
  })
  const settled = { ...charge, balance_transaction: transaction.id }
  sandbox.store.update(settled)
  emit(sandbox, 'charge.updated', settled, { balance_transaction: null })
}

/** The test card that paid a charge. */
export function cardOf(sandbox: Sandbox, charge: Stripe.Charge): TestCard {
  return testCard(sandbox.store.secretsOf('payment_method', String(charge.payment_method)).card)
}

function outcomeOf(card: TestCard, decline: Decline | null): Stripe.Charge.Outcome {
  const score = { normal: 24, elevated: 70, highest: 92 }[card.risk]
  if (!decline) {
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: card.risk === 'elevated' ? 'elevated_risk_level' : null,
      risk_level: card.risk,
      risk_score: score,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  return {
    advice_code: decline.advice,
    network_advice_code: null,
    network_decline_code: decline.isBlocked ? null : '05',
    network_status: decline.isBlocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: decline.isBlocked ? 'highest_risk_level' : (decline.declineCode ?? decline.code),
    risk_level: card.risk,
    risk_score: score,
    seller_message: decline.isBlocked
      ? 'Stripe blocked this payment as too risky.'
      : 'The bank did not approve the payment.',
    type: decline.isBlocked ? 'blocked' : 'issuer_declined',
  }
}

function cardDetails(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  authentication: Authentication,
): Stripe.Charge.PaymentMethodDetails.Card {
  const card = method.card
  if (!card) throw new Error(`${method.id} is no card`)
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: randomText(15),
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: authentication === 'none' ? null : authenticated(authentication),
    transaction_link_id: null,
    wallet: null,
  }
}

function authenticated(
  flow: 'challenge' | 'frictionless',
): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure {
  return {
    authentication_flow: flow,
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: randomText(36),
    version: '2.2.0',
  }
}
