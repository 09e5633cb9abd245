import type Stripe from 'stripe'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { cancelIntent } from '#scripts/sandbox/resources/payment-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** Ends an open session, by time or by request, and cancels its pending payment; a session that has ended stays as it is. */
export function expireSession(sandbox: Sandbox, id: string): Stripe.Checkout.Session {
  const session = sandbox.store.get('checkout.session', id)
  if (session.status !== 'open') return session
  const expired: Stripe.Checkout.Session = { ...session, status: 'expired', url: null }
  sandbox.store.update(expired)
  const intent = sandbox.store.find('payment_intent', idOf(session.payment_intent))
  if (intent) cancelIntent(sandbox, intent, 'expired')
  emit(sandbox, 'checkout.session.expired', expired)
  return expired
}
