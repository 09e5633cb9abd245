import type Stripe from 'stripe'
import type { Acceptance } from '#scripts/sandbox/checkout/attempt.ts'
import type { FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Who pays, as far as the page learned it. */
export type Payer = { email: string | null; name: string | null; postalCode: string | null }
/** What the customer chose on the hosted page: a method, with the consent to be debited where it needs one. */
export type Choice = {
  method: Stripe.PaymentMethod
  /** Null for a saved method, whose payer is known. */
  payer: Payer | null
  acceptance: Acceptance | null
  /** The customer ticked that the method be kept. */
  saves: boolean
}
export type Reading = { ok: true; choice: Choice } | { ok: false; errors: FieldError[] }

/** Reads what was entered, and keeps the method it names. Runs in the transaction of the payment. */
export type Reader = (sandbox: Sandbox, session: Stripe.Checkout.Session) => Reading

/** The consent that a click on the hosted page gives. */
export function clickedAcceptance(sandbox: Sandbox, userAgent: string | null): Acceptance {
  return {
    accepted_at: sandbox.clock.now(),
    online: { ip_address: '127.0.0.1', user_agent: userAgent },
    type: 'online',
  }
}

/** A reading that failed at one field. */
export function wrongField(field: string, message: string, code: string | null = null): Reading {
  return { ok: false, errors: [{ field, message, code }] }
}
