import type Stripe from 'stripe'
import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { afterBusinessDays, bankMoment } from '#scripts/sandbox/banking/business-days.ts'
import { awaitDeposits } from '#scripts/sandbox/banking/microdeposits.ts'
import type { Refusal } from '#scripts/sandbox/banking/test-accounts.ts'
import { type Attempt, errorOf, rejectIntent, type Terms } from '#scripts/sandbox/checkout/attempt.ts'
import { bankBehind, secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import { createMandate, findMandate } from '#scripts/sandbox/methods/mandates.ts'
import { saveAfterUse } from '#scripts/sandbox/methods/payment-methods.ts'
import {
  debitChargeDetails,
  debitOutcome,
  refusedOutcome,
} from '#scripts/sandbox/resources/charge-details.ts'
import { createCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent

/** Banks answer a debit within this many business days. */
const DEBIT_BUSINESS_DAYS = 4

/** Debits a bank account under a mandate, once its numbers are verified. @throws ApiError when it may not be debited */
export function confirmDebit(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  terms: Terms,
): Attempt {
  refuseUnusable(intent, method)
  const isVerified = secretsOfMethod(sandbox, method).isVerified !== false
  const mandateId = requireMandate(sandbox, intent, method, terms, isVerified)
  const { sessionId } = sandbox.store.secretsOf('payment_intent', intent.id)
  sandbox.store.setSecrets('payment_intent', intent.id, { sessionId, mandateId })
  if (isVerified) return submitDebit(sandbox, intent, method)
  if (intent.payment_method_options?.us_bank_account?.verification_method === 'instant') {
    throw invalidRequest(
      'The bank account is not verified, and this payment takes instantly verified accounts only.',
      'payment_method',
      'bank_account_unverified',
    )
  }
  return { intent: awaitDeposits(sandbox, intent) as Intent, error: null }
}

/** Hands a debit of a verified account to the bank; the answer comes days later. */
export function submitDebit(sandbox: Sandbox, intent: Intent, method: Stripe.PaymentMethod): Attempt {
  const { debit } = bankBehind(sandbox, method)
  const { mandateId } = sandbox.store.secretsOf('payment_intent', intent.id)
  const now = sandbox.clock.now()
  const targetDate = intent.payment_method_options?.us_bank_account?.target_date
  const from = targetDate ? Math.max(now, bankMoment(targetDate)) : now
  const details = debitChargeDetails(method, mandateId ?? null, from)
  if (debit.kind === 'refused') return refuseDebit(sandbox, intent, method, debit.refusal, details)
  const made = createCharge(sandbox, intent, method, {
    status: 'pending',
    failure: null,
    outcome: debitOutcome(),
    details,
  })
  const submitted: Intent = { ...intent, latest_charge: made.id, next_action: null, status: 'processing' }
  sandbox.store.update(submitted)
  emit(sandbox, 'payment_intent.processing', submitted)
  saveAfterUse(sandbox, method, submitted)
  if (debit.kind !== 'stays_processing') {
    const dueAt = sandbox.config.isAchInstant ? now : afterBusinessDays(from, DEBIT_BUSINESS_DAYS)
    schedule(sandbox, dueAt, 'debit.settle', made.id)
  }
  return { intent: submitted, error: null }
}

function refuseDebit(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  refusal: Refusal,
  details: Stripe.Charge.PaymentMethodDetails,
): Attempt {
  const outcome = refusedOutcome(refusal)
  const made = createCharge(sandbox, intent, method, { status: 'failed', failure: refusal, outcome, details })
  const error = { ...errorOf(refusal.code, refusal.message, method), charge: made.id }
  return rejectIntent(sandbox, { ...intent, latest_charge: made.id }, error)
}

function refuseUnusable(intent: Intent, method: Stripe.PaymentMethod): void {
  if (intent.currency !== 'usd') {
    throw invalidRequest(
      'Bank debits are possible in usd only.',
      'currency',
      'payment_method_currency_mismatch',
    )
  }
  if (method.us_bank_account?.status_details?.blocked) {
    throw invalidRequest(
      'The bank account is blocked: an earlier debit came back in a way that forbids another.',
      'payment_method',
      'payment_method_bank_account_blocked',
    )
  }
}

/** The mandate to debit under: new where the customer agreed now, otherwise the one that was given for later payments. */
function requireMandate(
  sandbox: Sandbox,
  intent: Intent,
  method: Stripe.PaymentMethod,
  { acceptance }: Terms,
  isVerified: boolean,
): string {
  if (acceptance) {
    const single =
      intent.setup_future_usage === null ? { amount: intent.amount, currency: intent.currency } : null
    return createMandate(sandbox, method, acceptance, { single, isVerified }).id
  }
  const known = findMandate(sandbox, method.id)
  if (known) return known.id
  throw invalidRequest(
    'This PaymentIntent requires a mandate, but no existing mandate was found. Provide mandate_data.',
    'mandate_data',
    'payment_intent_mandate_invalid',
  )
}
