import type Stripe from 'stripe'
import { type CardForm, checkCardForm, type FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import {
  type Attempt,
  confirmIntent,
  failChallenge,
  passChallenge,
} from '#scripts/sandbox/checkout/confirm-intent.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { createIntent } from '#scripts/sandbox/resources/payment-intents.ts'
import { attachMethod, createCardMethod } from '#scripts/sandbox/resources/payment-methods.ts'
import { customerDetails } from '#scripts/sandbox/resources/sessions.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Session = Stripe.Checkout.Session
/** Where a customer's step on the hosted page led. */
export type PayResult =
  | { outcome: 'paid'; session: Session }
  | { outcome: 'challenge'; session: Session }
  | { outcome: 'declined'; session: Session; error: Stripe.PaymentIntent.LastPaymentError }
  | { outcome: 'invalid'; session: Session; errors: FieldError[] }
  | { outcome: 'closed'; session: Session }

/**
 * Pays an open session with the card that was typed. One transaction: a second submit of the same form finds the
 * session paid (or waiting for the bank's check) and charges nothing.
 */
export function submitCard(sandbox: Sandbox, sessionId: string, form: CardForm): PayResult {
  return sandbox.store.transaction((): PayResult => {
    const session = sandbox.store.get('checkout.session', sessionId)
    if (session.status === 'complete') return { outcome: 'paid', session }
    if (session.status !== 'open') return { outcome: 'closed', session }
    const pending = sandbox.store.find('payment_intent', idOf(session.payment_intent))
    if (pending?.status === 'requires_action') return { outcome: 'challenge', session }
    const check = checkCardForm(form, sandbox.clock.now())
    if (!check.ok) return { outcome: 'invalid', session, errors: check.errors }

    const { entry } = check
    const intent = pending ?? createSessionIntent(sandbox, session)
    const started: Session = {
      ...session,
      payment_intent: intent.id,
      customer_details: customerDetails(entry.email, entry.name, entry.postalCode),
    }
    sandbox.store.update(started)
    const method = createCardMethod(sandbox, entry)
    return conclude(sandbox, started, confirmIntent(sandbox, intent, method, { isOffSession: false }))
  })
}

/** The customer's answer to the bank's check; without one pending, tells how the session stands. */
export function answerChallenge(sandbox: Sandbox, sessionId: string, passes: boolean): PayResult {
  return sandbox.store.transaction((): PayResult => {
    const session = sandbox.store.get('checkout.session', sessionId)
    if (session.status === 'complete') return { outcome: 'paid', session }
    const intent = sandbox.store.find('payment_intent', idOf(session.payment_intent))
    if (session.status !== 'open' || intent?.status !== 'requires_action')
      return { outcome: 'closed', session }
    return conclude(
      sandbox,
      session,
      passes ? passChallenge(sandbox, intent) : failChallenge(sandbox, intent),
    )
  })
}

/** Where the customer goes after paying. */
export function successUrl(session: Session): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id)
}

function createSessionIntent(sandbox: Sandbox, session: Session): Stripe.PaymentIntent {
  const data = sandbox.store.secretsOf('checkout.session', session.id).paymentIntentData
  return createIntent(sandbox, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: idOf(session.customer),
    description: data.description ?? null,
    metadata: Object.fromEntries(
      Object.entries(data.metadata ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    receiptEmail: data.receipt_email ?? null,
    setupFutureUsage: data.setup_future_usage ?? null,
    allowedTypes:
      session.allowed_payment_method_types as Stripe.PaymentIntent['allowed_payment_method_types'],
    challengeWish: session.payment_method_options?.card?.request_three_d_secure ?? 'automatic',
    sessionId: session.id,
  })
}

function conclude(sandbox: Sandbox, session: Session, attempt: Attempt): PayResult {
  if (attempt.error) return { outcome: 'declined', session, error: attempt.error }
  if (attempt.intent.status === 'requires_action') return { outcome: 'challenge', session }
  const complete: Session = { ...session, payment_status: 'paid', status: 'complete', url: null }
  sandbox.store.update(complete)
  const method = sandbox.store.get('payment_method', idOf(attempt.intent.payment_method))
  const customer = idOf(attempt.intent.customer)
  if (attempt.intent.setup_future_usage !== null && customer) attachMethod(sandbox, method, customer)
  emit(sandbox, 'checkout.session.completed', complete)
  return { outcome: 'paid', session: complete }
}
