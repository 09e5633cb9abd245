import type Stripe from 'stripe'
import { DISPUTE_PLANS } from '#scripts/sandbox/aftermath/dispute-plans.ts'
import {
  type Attempt,
  type PaymentError,
  rejectIntent,
  type Terms,
} from '#scripts/sandbox/checkout/attempt.ts'
import { AUTHENTICATION_FAILED, DECLINES, type Decline } from '#scripts/sandbox/checkout/declines.ts'
import type { TestCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { cardBehind, secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import { saveAfterUse } from '#scripts/sandbox/methods/payment-methods.ts'
import {
  type Authentication,
  cardChargeDetails,
  cardOutcome,
} from '#scripts/sandbox/resources/charge-details.ts'
import { createCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent

/** The books follow an approved charge by this much, and its aftermath by a little more. */
const SETTLE_SECONDS = 1
const AFTERMATH_SECONDS = 3

/** Tries to pay with a card, a wallet or Link: approved, declined, or waiting for the bank's check. */
export function confirmCard(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  { isOffSession }: Terms,
): Attempt {
  const card = cardBehind(sandbox, method)
  const isSetUp = secretsOfMethod(sandbox, method).isSetUp ?? false
  if (isOffSession && asksOffSession(card, isSetUp))
    return charge(sandbox, intent, method, DECLINES.authenticationRequired, 'none')
  // A wallet or Link has identified its owner already.
  if (!isOffSession && isTyped(method) && asksOnSession(card, intent))
    return { intent: requireAction(sandbox, intent), error: null }
  const authentication = card.challenge === 'frictionless' ? 'frictionless' : 'none'
  return charge(sandbox, intent, method, card.decline, authentication)
}

/** The customer passed the bank's check: the card is charged now. */
export function passChallenge(sandbox: Sandbox, intent: Intent): Attempt {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const { decline } = cardBehind(sandbox, method)
  return charge(sandbox, { ...intent, next_action: null }, method, decline, 'challenge')
}

/** The customer failed the bank's check: nothing is charged, another method may be tried. */
export function failChallenge(sandbox: Sandbox, intent: Intent): Attempt {
  const method = sandbox.store.get('payment_method', idOf(intent.payment_method))
  const error: PaymentError = {
    ...AUTHENTICATION_FAILED,
    payment_method: method,
    type: 'invalid_request_error',
  }
  return rejectIntent(sandbox, intent, error)
}

function isTyped(method: Stripe.PaymentMethod): boolean {
  return method.type === 'card' && !method.card?.wallet
}

function asksOnSession(card: TestCard, intent: Intent): boolean {
  if (card.challenge === 'required') return true
  const wish = intent.payment_method_options?.card?.request_three_d_secure
  return card.challenge === 'optional' && (wish === 'any' || wish === 'challenge')
}

function asksOffSession(card: TestCard, isSetUp: boolean): boolean {
  if (card.offSession === 'always_asks') return true
  return card.offSession === 'asks_unless_set_up' && !isSetUp
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
  const card = cardBehind(sandbox, method)
  const made = createCharge(sandbox, intent, method, {
    status: decline ? 'failed' : 'succeeded',
    failure: decline,
    outcome: cardOutcome(card, decline),
    details: cardChargeDetails(intent, method, authentication),
  })
  if (decline)
    return rejectIntent(sandbox, { ...intent, latest_charge: made.id }, declineError(made, method, decline))
  const paid: Intent = {
    ...intent,
    amount_received: intent.amount,
    latest_charge: made.id,
    status: 'succeeded',
  }
  sandbox.store.update(paid)
  schedule(sandbox, sandbox.clock.now() + SETTLE_SECONDS, 'charge.settle', made.id)
  planAftermath(sandbox, made, card)
  emit(sandbox, 'payment_intent.succeeded', paid)
  saveAfterUse(sandbox, method, paid)
  return { intent: paid, error: null }
}

function declineError(made: Stripe.Charge, method: Stripe.PaymentMethod, decline: Decline): PaymentError {
  return {
    charge: made.id,
    code: decline.code,
    ...(decline.advice ? { advice_code: decline.advice } : {}),
    ...(decline.declineCode ? { decline_code: decline.declineCode } : {}),
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
    message: decline.message,
    payment_method: method,
    type: 'card_error',
  }
}

function planAftermath(sandbox: Sandbox, made: Stripe.Charge, card: TestCard): void {
  const dueAt = sandbox.clock.now() + AFTERMATH_SECONDS
  if (card.aftermath === 'fraud_warning') schedule(sandbox, dueAt, 'charge.fraud_warning', made.id)
  for (const plan of DISPUTE_PLANS[card.aftermath]) {
    schedule(sandbox, dueAt, 'charge.dispute', made.id, JSON.stringify(plan))
  }
}
