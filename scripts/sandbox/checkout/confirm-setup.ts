import type Stripe from 'stripe'
import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { awaitDeposits } from '#scripts/sandbox/banking/microdeposits.ts'
import { errorOf, type PaymentError, type Terms } from '#scripts/sandbox/checkout/attempt.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { cardBehind, secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import { createMandate, findMandate, moveMandate } from '#scripts/sandbox/methods/mandates.ts'
import { saveMethod } from '#scripts/sandbox/methods/payment-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Setup = Stripe.SetupIntent
type SetupError = Stripe.SetupIntent.LastSetupError
/** The setup after an attempt, and the error when it failed. */
export type SetupAttempt = { intent: Setup; error: SetupError | null }

const AUTHENTICATION_FAILED =
  'The latest attempt to set up the payment method has failed because authentication failed.'

/** Tries to save a method for later payments: saved, refused, or waiting for the bank's check or small deposits. */
export function confirmSetup(
  sandbox: Sandbox,
  setup: Setup,
  method: Stripe.PaymentMethod,
  terms: Terms,
): SetupAttempt {
  const chosen: Setup = { ...setup, last_setup_error: null, next_action: null, payment_method: method.id }
  return method.type === 'us_bank_account'
    ? setUpBank(sandbox, chosen, method, terms)
    : setUpCard(sandbox, chosen, method, terms)
}

/** The customer answered the bank's check of a setup. */
export function answerSetupChallenge(sandbox: Sandbox, setup: Setup, passes: boolean): SetupAttempt {
  const method = sandbox.store.get('payment_method', idOf(setup.payment_method))
  if (passes) return { intent: completeSetup(sandbox, setup, method), error: null }
  return rejectSetup(
    sandbox,
    setup,
    errorOf('setup_intent_authentication_failure', AUTHENTICATION_FAILED, method),
  )
}

/** The method is saved: its mandate is active and it belongs to the customer. */
export function completeSetup(sandbox: Sandbox, setup: Setup, method: Stripe.PaymentMethod): Setup {
  moveMandate(sandbox, idOf(setup.mandate), 'active')
  const done: Setup = { ...setup, next_action: null, status: 'succeeded' }
  sandbox.store.update(done)
  emit(sandbox, 'setup_intent.succeeded', done)
  saveMethod(sandbox, method, idOf(setup.customer))
  return done
}

/** Nothing was saved: another method may be tried. */
export function rejectSetup(sandbox: Sandbox, setup: Setup, error: PaymentError): SetupAttempt {
  const rejected: Setup = {
    ...setup,
    last_setup_error: error,
    mandate: null,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  }
  sandbox.store.update(rejected)
  emit(sandbox, 'setup_intent.setup_failed', rejected)
  return { intent: rejected, error }
}

function setUpCard(
  sandbox: Sandbox,
  setup: Setup,
  method: Stripe.PaymentMethod,
  { isOffSession }: Terms,
): SetupAttempt {
  const card = cardBehind(sandbox, method)
  const refusal = card.declinesOnChargeOnly ? null : card.decline
  if (refusal) {
    const error = errorOf(refusal.code, refusal.message, method, 'card_error')
    const detail = refusal.declineCode ? { decline_code: refusal.declineCode } : {}
    return rejectSetup(sandbox, setup, { ...error, ...detail })
  }
  if (card.challenge !== 'required' || isOffSession || method.card?.wallet || method.type === 'link')
    return { intent: completeSetup(sandbox, setup, method), error: null }
  const waiting: Setup = {
    ...setup,
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
    status: 'requires_action',
  }
  sandbox.store.update(waiting)
  emit(sandbox, 'setup_intent.requires_action', waiting)
  return { intent: waiting, error: null }
}

function setUpBank(
  sandbox: Sandbox,
  setup: Setup,
  method: Stripe.PaymentMethod,
  { acceptance }: Terms,
): SetupAttempt {
  const isVerified = secretsOfMethod(sandbox, method).isVerified !== false
  const mandate = acceptance
    ? createMandate(sandbox, method, acceptance, { single: null, isVerified })
    : findMandate(sandbox, method.id)
  if (!mandate) {
    throw invalidRequest(
      'This SetupIntent requires a mandate, but no existing mandate was found. Provide mandate_data.',
      'mandate_data',
      'setup_intent_mandate_invalid',
    )
  }
  const agreed: Setup = { ...setup, mandate: mandate.id }
  if (isVerified) return { intent: completeSetup(sandbox, agreed, method), error: null }
  return { intent: awaitDeposits(sandbox, agreed) as Setup, error: null }
}
