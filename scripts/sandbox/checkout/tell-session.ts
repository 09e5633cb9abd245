import type Stripe from 'stripe'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** Tells the hosted page's session how a payment ended that was still on its way when the customer left the page. */
export function tellSession(sandbox: Sandbox, intent: Stripe.PaymentIntent, end: 'paid' | 'failed'): void {
  const { sessionId } = sandbox.store.secretsOf('payment_intent', intent.id)
  const session = sandbox.store.find('checkout.session', sessionId)
  if (session?.status !== 'complete' || session.payment_status !== 'unpaid') return
  if (end === 'failed') {
    emit(sandbox, 'checkout.session.async_payment_failed', session)
    return
  }
  const paid: Stripe.Checkout.Session = { ...session, payment_status: 'paid' }
  sandbox.store.update(paid)
  emit(sandbox, 'checkout.session.async_payment_succeeded', paid)
}
