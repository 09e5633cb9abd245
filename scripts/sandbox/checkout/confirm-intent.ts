import type Stripe from 'stripe'
import { AUTHENTICATION_FAILED, DECLINES, type Decline } from '#scripts/sandbox/checkout/declines.ts'
import { type TestCard, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { type Authentication, createCharge } from '#scripts/sandbox/resources/charges.ts'
import { DISPUTE_PLANS } from '#scripts/sandbox/resources/disputes.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent
type PaymentError = Stripe.PaymentIntent.LastPaymentError
/** The payment after an attempt, and the error when the attempt failed. */
export type Attempt = { intent: Intent; error: PaymentError | null }

/** The books follow an approved charge by this much, and its aftermath by a little more. */
const SETTLE_SECONDS = 1
const AFTERMATH_SECONDS = 3

/** Tries to pay with a card: approved, declined, or waiting for the bank's check. */
export function confirmIntent(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  { isOffSession }: { isOffSession: boolean },
): Attempt {
  const card = testCard(sandbox.store.secretsOf('payment_method', method.id).card)
  const chosen: Intent = { ...intent, payment_method: method.id, last_payment_error: null, next_action: null }
  if (isOffSession && asksOffSession(card, method))
    return charge(sandbox, chosen, method, DECLINES.authenticationRequired, 'none')
  if (!isOffSession && asksOnSession(card, intent))
    return { intent: requireAction(sandbox, chosen), error: null }
  return charge(
    sandbox,
    chosen,
    method,
    card.decline,
    card.challenge === 'frictionless' ? 'frictionless' : 'none',
  )
}

/** The customer passed the bank's check: the card is charged now. */
export function passChallenge(sandbox: Sandbox, intent: Intent): Attempt {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const card = testCard(sandbox.store.secretsOf('payment_method', method.id).card)
  return charge(sandbox, { ...intent, next_action: null }, method, card.decline, 'challenge')
}

/** The customer failed the bank's check: nothing is charged, another method may be tried. */
export function failChallenge(sandbox: Sandbox, intent: Intent): Attempt {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const error: PaymentError = {
    ...AUTHENTICATION_FAILED,
    payment_method: method,
    type: 'invalid_request_error',
  }
  return reject(sandbox, { ...intent, next_action: null }, error)
}

function asksOnSession(card: TestCard, intent: Intent): boolean {
  if (card.challenge === 'required') return true
  const wish = intent.payment_method_options?.card?.request_three_d_secure
  return card.challenge === 'optional' && (wish === 'any' || wish === 'challenge')
}

function asksOffSession(card: TestCard, method: Stripe.PaymentMethod): boolean {
  if (card.offSession === 'always_asks') return true
  return card.offSession === 'asks_unless_set_up' && method.customer === null
}

function requireAction(sandbox: Sandbox, intent: Intent): Intent {
  const waiting: Intent = {
    ...intent,
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
    status: 'requires_action',
  }
  sandbox.store.update(waiting)
  emit(sandbox, 'payment_intent.requires_action', waiting)
  return waiting
}

function charge(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  decline: Decline | null,
  authentication: Authentication,
): Attempt {
  const made = createCharge(sandbox, intent, method, decline, authentication)
  if (decline) {
    const error: PaymentError = {
      charge: made.id,
      code: decline.code,
      ...(decline.advice ? { advice_code: decline.advice } : {}),
      ...(decline.declineCode ? { decline_code: decline.declineCode } : {}),
      doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
      message: decline.message,
      payment_method: method,
      type: 'card_error',
    }
    return reject(sandbox, { ...intent, latest_charge: made.id }, error)
  }
  const paid: Intent = {
    ...intent,
    amount_received: intent.amount,
    latest_charge: made.id,
    status: 'succeeded',
  }
  sandbox.store.update(paid)
  schedule(sandbox, sandbox.clock.now() + SETTLE_SECONDS, 'charge.settle', made.id)
  planAftermath(sandbox, made, testCard(sandbox.store.secretsOf('payment_method', method.id).card))
  emit(sandbox, 'payment_intent.succeeded', paid)
  return { intent: paid, error: null }
}

function reject(sandbox: Sandbox, intent: Intent, error: PaymentError): Attempt {
  const rejected: Intent = {
    ...intent,
    last_payment_error: error,
    payment_method: null,
    status: 'requires_payment_method',
  }
  sandbox.store.update(rejected)
  emit(sandbox, 'payment_intent.payment_failed', rejected)
  return { intent: rejected, error }
}

function planAftermath(sandbox: Sandbox, made: Stripe.Charge, card: TestCard): void {
  const dueAt = sandbox.clock.now() + AFTERMATH_SECONDS
  if (card.aftermath === 'fraud_warning') schedule(sandbox, dueAt, 'charge.fraud_warning', made.id)
  for (const plan of DISPUTE_PLANS[card.aftermath]) {
    schedule(sandbox, dueAt, 'charge.dispute', made.id, JSON.stringify(plan))
  }
}
