import type Stripe from 'stripe'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent
export type PaymentError = Stripe.PaymentIntent.LastPaymentError
/** The payment after an attempt, and the error when the attempt failed. */
export type Attempt = { intent: Intent; error: PaymentError | null }
/** The customer's consent to a mandate, as it was given or reported. */
export type Acceptance = Stripe.Mandate.CustomerAcceptance
/** How a payment is confirmed: with the customer away or not, and with which consent to be debited. */
export type Terms = { isOffSession: boolean; acceptance: Acceptance | null }

/** Nothing came of the attempt: another method may be tried. */
export function rejectIntent(sandbox: Sandbox, intent: Intent, error: PaymentError): Attempt {
  const rejected: Intent = {
    ...intent,
    last_payment_error: error,
    next_action: null,
    payment_method: null,
    processing: null,
    status: 'requires_payment_method',
  }
  sandbox.store.update(rejected)
  emit(sandbox, 'payment_intent.payment_failed', rejected)
  return { intent: rejected, error }
}

/** The fields of an error that follow from its code. */
export function errorOf(
  code: Extract<PaymentError['code'], string>,
  message: string,
  method: Stripe.PaymentMethod,
  type: PaymentError['type'] = 'invalid_request_error',
): PaymentError {
  const docUrl = `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`
  return { code, doc_url: docUrl, message, payment_method: method, type }
}
