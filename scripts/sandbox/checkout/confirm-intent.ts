import type Stripe from 'stripe'
import { confirmDebit } from '#scripts/sandbox/banking/confirm-debit.ts'
import type { Attempt, Terms } from '#scripts/sandbox/checkout/attempt.ts'
import { confirmCard } from '#scripts/sandbox/checkout/confirm-card.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Tries to pay with a method: paid, refused, on its way, or waiting for the customer. */
export function confirmIntent(
  sandbox: Sandbox,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  terms: Terms,
): Attempt {
  const chosen = { ...intent, payment_method: method.id, last_payment_error: null, next_action: null }
  return method.type === 'us_bank_account'
    ? confirmDebit(sandbox, chosen, method, terms)
    : confirmCard(sandbox, chosen, method, terms)
}
