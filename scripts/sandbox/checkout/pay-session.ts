import type Stripe from 'stripe'
import { ApiError } from '#scripts/sandbox/api/api-error.ts'
import { awaitsDeposits } from '#scripts/sandbox/banking/microdeposits.ts'
import type { FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import type { Choice, Reader } from '#scripts/sandbox/checkout/choices.ts'
import { failChallenge, passChallenge } from '#scripts/sandbox/checkout/confirm-card.ts'
import { confirmIntent } from '#scripts/sandbox/checkout/confirm-intent.ts'
import { answerSetupChallenge, confirmSetup } from '#scripts/sandbox/checkout/confirm-setup.ts'
import type { MethodType } from '#scripts/sandbox/checkout/offered-methods.ts'
import { intentOfSession, openSessionIntent } from '#scripts/sandbox/checkout/session-intent.ts'
import { customerDetails } from '#scripts/sandbox/resources/sessions.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Session = Stripe.Checkout.Session
type SessionIntent = Stripe.PaymentIntent | Stripe.SetupIntent
type StepError = Stripe.PaymentIntent.LastPaymentError | Stripe.SetupIntent.LastSetupError
/** How a session ended for the customer: paid, on its way, waiting for small deposits, or a method saved. */
export type Ending = 'paid' | 'processing' | 'verification' | 'saved'
/** Where a customer's step on the hosted page led. */
export type PayResult =
  | { outcome: Ending; session: Session }
  | { outcome: 'challenge'; session: Session }
  | { outcome: 'declined'; session: Session; error: StepError }
  | { outcome: 'invalid'; session: Session; errors: FieldError[] }
  | { outcome: 'closed'; session: Session }

/**
 * Pays an open session (or saves a method in it) with what `read` finds. One transaction: a second submit of the same
 * form finds the session done (or waiting for the bank's check) and charges nothing.
 */
export function payWith(
  sandbox: Sandbox,
  sessionId: string,
  type: MethodType | null,
  read: Reader,
): PayResult {
  try {
    return sandbox.store.transaction(() => attempt(sandbox, sessionId, type, read))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const session = sandbox.store.get('checkout.session', sessionId)
    const refusal = { field: 'method', message: error.message, code: error.body.code ?? null }
    return { outcome: 'invalid', session, errors: [refusal] }
  }
}

/** The customer's answer to the bank's check; without one pending, tells how the session stands. */
export function answerChallenge(sandbox: Sandbox, sessionId: string, passes: boolean): PayResult {
  return sandbox.store.transaction((): PayResult => {
    const session = sandbox.store.get('checkout.session', sessionId)
    if (session.status === 'complete') return { outcome: endingOf(sandbox, session), session }
    const intent = intentOfSession(sandbox, session)
    if (session.status !== 'open' || intent?.status !== 'requires_action')
      return { outcome: 'closed', session }
    if (intent.object === 'setup_intent')
      return conclude(sandbox, session, answerSetupChallenge(sandbox, intent, passes))
    const answered = passes ? passChallenge(sandbox, intent) : failChallenge(sandbox, intent)
    return conclude(sandbox, session, answered)
  })
}

/** Where the customer goes after paying. */
export function successUrl(session: Session): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id)
}

/** How a complete session ended. */
export function endingOf(sandbox: Sandbox, session: Session): Ending {
  if (awaitsDeposits(intentOfSession(sandbox, session))) return 'verification'
  if (session.payment_status === 'no_payment_required') return 'saved'
  return session.payment_status === 'paid' ? 'paid' : 'processing'
}

function attempt(sandbox: Sandbox, sessionId: string, type: MethodType | null, read: Reader): PayResult {
  const session = sandbox.store.get('checkout.session', sessionId)
  if (session.status === 'complete') return { outcome: endingOf(sandbox, session), session }
  if (session.status !== 'open') return { outcome: 'closed', session }
  if (intentOfSession(sandbox, session)?.status === 'requires_action')
    return { outcome: 'challenge', session }
  if (type !== null && !session.payment_method_types.includes(type)) {
    const message = 'This way to pay is not offered here. Choose another one.'
    return { outcome: 'invalid', session, errors: [{ field: 'method', message, code: null }] }
  }
  const reading = read(sandbox, session)
  if (!reading.ok) return { outcome: 'invalid', session, errors: reading.errors }
  return confirm(sandbox, session, reading.choice)
}

function confirm(sandbox: Sandbox, session: Session, choice: Choice): PayResult {
  const { payer, saves, acceptance } = choice
  const method: Stripe.PaymentMethod = saves ? { ...choice.method, allow_redisplay: 'always' } : choice.method
  if (saves) sandbox.store.update(method)
  const { intent, started } = openSessionIntent(sandbox, {
    ...session,
    ...(payer ? { customer_details: customerDetails(payer.email, payer.name, payer.postalCode) } : {}),
  })
  const terms = { isOffSession: false, acceptance }
  if (intent.object === 'setup_intent')
    return conclude(sandbox, started, confirmSetup(sandbox, intent, method, terms))
  const wanted = sandbox.store.secretsOf('checkout.session', session.id).paymentIntentData.setup_future_usage
  const chosen = { ...intent, setup_future_usage: wanted ?? (saves ? ('on_session' as const) : null) }
  return conclude(sandbox, started, confirmIntent(sandbox, chosen, method, terms))
}

function conclude(
  sandbox: Sandbox,
  session: Session,
  { intent, error }: { intent: SessionIntent; error: StepError | null },
): PayResult {
  if (error) return { outcome: 'declined', session, error }
  if (intent.status === 'requires_action' && !awaitsDeposits(intent)) return { outcome: 'challenge', session }
  const isPaid = intent.object === 'payment_intent' && intent.status === 'succeeded'
  const complete: Session = {
    ...session,
    payment_status: isPaid ? 'paid' : session.payment_status,
    status: 'complete',
    url: null,
  }
  sandbox.store.update(complete)
  emit(sandbox, 'checkout.session.completed', complete)
  return { outcome: endingOf(sandbox, complete), session: complete }
}
