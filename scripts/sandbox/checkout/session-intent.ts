import type Stripe from 'stripe'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { createIntent } from '#scripts/sandbox/resources/payment-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Session = Stripe.Checkout.Session
type SessionIntent = Stripe.PaymentIntent | Stripe.SetupIntent

/** The payment or setup that a session has led to so far. */
export function intentOfSession(sandbox: Sandbox, session: Session): SessionIntent | null {
  return (
    sandbox.store.find('payment_intent', idOf(session.payment_intent)) ??
    sandbox.store.find('setup_intent', idOf(session.setup_intent))
  )
}

/** The payment or setup of a session, made now where there was none; the session is stored with it. */
export function openSessionIntent(
  sandbox: Sandbox,
  session: Session,
): { intent: SessionIntent; started: Session } {
  const intent = intentOfSession(sandbox, session) ?? createSessionIntent(sandbox, session)
  const started: Session = {
    ...session,
    payment_intent: intent.object === 'payment_intent' ? intent.id : null,
  }
  sandbox.store.update(started)
  return { intent, started }
}

function createSessionIntent(sandbox: Sandbox, session: Session): Stripe.PaymentIntent {
  const data = sandbox.store.secretsOf('checkout.session', session.id).paymentIntentData
  const bank = session.payment_method_options?.us_bank_account
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
    bankOptions: bank?.verification_method ? { verification_method: bank.verification_method } : null,
    sessionId: session.id,
  })
}
