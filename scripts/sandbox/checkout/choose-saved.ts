import type Stripe from 'stripe'
import { clickedAcceptance, type Reader, wrongField } from '#scripts/sandbox/checkout/choices.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { findMandate } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Method = Stripe.PaymentMethod

/** A method that the session's customer saved before. */
export function chooseSaved(id: string, userAgent: string | null): Reader {
  return (sandbox, session) => {
    const method = savedMethods(sandbox, session).find((one) => one.id === id)
    if (!method) return wrongField('method', 'This saved way to pay cannot be used here.')
    const needsConsent = method.type === 'us_bank_account' && !findMandate(sandbox, method.id)
    const acceptance = needsConsent ? clickedAcceptance(sandbox, userAgent) : null
    return { ok: true, choice: { method, payer: null, acceptance, saves: false } }
  }
}

/** The methods that a session's customer has, of the kinds that the page offers. */
export function savedMethods(sandbox: Sandbox, session: Stripe.Checkout.Session): Method[] {
  const customer = idOf(session.customer)
  if (customer === null || session.mode !== 'payment') return []
  const methods = sandbox.store.allWhere('payment_method', 'customer', customer)
  return methods.filter((one) => session.payment_method_types.includes(one.type))
}

/** Those of them that the page shows: by default the ones whose owner wished it; accounts that came by token always. */
export function shownMethods(sandbox: Sandbox, session: Stripe.Checkout.Session): Method[] {
  const wanted: readonly string[] = session.saved_payment_method_options?.allow_redisplay_filters ?? [
    'always',
  ]
  return savedMethods(sandbox, session).filter(
    (one) => one.id.startsWith('ba_') || wanted.includes(one.allow_redisplay ?? 'unspecified'),
  )
}
