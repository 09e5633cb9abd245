import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { readBankMethod } from '#scripts/sandbox/methods/bank-methods.ts'
import { findMethod, refuseForeignMethod } from '#scripts/sandbox/methods/payment-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Choice = Pick<Stripe.PaymentIntentConfirmParams, 'payment_method' | 'payment_method_data'>
type Intent = Stripe.PaymentIntent | Stripe.SetupIntent

/** The method that a request, or an intent before it, chose. @throws ApiError when there is none, or it does not fit */
export function requireMethod(sandbox: Sandbox, intent: Intent, params: Choice): Stripe.PaymentMethod {
  const method = params.payment_method_data
    ? readMethodData(sandbox, params.payment_method_data)
    : namedMethod(sandbox, params.payment_method ?? idOf(intent.payment_method))
  refuseForeignMethod(sandbox, method, idOf(intent.customer))
  if (intent.payment_method_types.includes(method.type)) return method
  throw invalidRequest(
    `The PaymentMethod provided (${method.type}) is not allowed for this payment. Allowed: ${intent.payment_method_types.join(', ')}.`,
    'payment_method',
    'payment_intent_incompatible_payment_method',
  )
}

function namedMethod(sandbox: Sandbox, idOrToken: string | null): Stripe.PaymentMethod {
  if (idOrToken === null) throw missingParameter('payment_method')
  const method = findMethod(sandbox, idOrToken)
  if (!method) throw noSuch('PaymentMethod', idOrToken, 'payment_method')
  return method
}

function readMethodData(
  sandbox: Sandbox,
  data: Stripe.PaymentIntentConfirmParams.PaymentMethodData,
): Stripe.PaymentMethod {
  if (data.type !== 'us_bank_account')
    throw invalidRequest('The sandbox takes bank accounts here only.', 'payment_method_data[type]')
  const { name, email } = data.billing_details ?? {}
  return readBankMethod(sandbox, data.us_bank_account, { name: name || null, email: email || null })
}
