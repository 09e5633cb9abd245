import type Stripe from 'stripe'
import { intentOfSession } from '#scripts/sandbox/checkout/session-intent.ts'
import { cancelIntent } from '#scripts/sandbox/resources/payment-intents.ts'
import { cancelSetup } from '#scripts/sandbox/resources/setup-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** Ends an open session, by time or by request, and cancels its pending payment or setup; a session that has ended stays as it is. */
export function expireSession(sandbox: Sandbox, id: string): Stripe.Checkout.Session {
  const session = sandbox.store.get('checkout.session', id)
  if (session.status !== 'open') return session
  const expired: Stripe.Checkout.Session = { ...session, status: 'expired', url: null }
  sandbox.store.update(expired)
  const intent = intentOfSession(sandbox, session)
  if (intent?.object === 'payment_intent') cancelIntent(sandbox, intent, 'expired')
  if (intent?.object === 'setup_intent') cancelSetup(sandbox, intent, null)
  emit(sandbox, 'checkout.session.expired', expired)
  return expired
}
