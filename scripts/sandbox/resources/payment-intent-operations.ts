import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Answer, type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { isBeforeCutOff } from '#scripts/sandbox/banking/business-days.ts'
import { type VerifyParams, verifyFromRequest } from '#scripts/sandbox/banking/verify-operation.ts'
import { confirmIntent } from '#scripts/sandbox/checkout/confirm-intent.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { bankBehind } from '#scripts/sandbox/methods/behind-method.ts'
import { requireMethod } from '#scripts/sandbox/methods/chosen-method.ts'
import { readAcceptance } from '#scripts/sandbox/methods/mandates.ts'
import { cancelIntent, createIntent, isPending } from '#scripts/sandbox/resources/payment-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Intent = Stripe.PaymentIntent
type CreateParams = Stripe.PaymentIntentCreateParams
type ConfirmParams = Pick<
  Stripe.PaymentIntentConfirmParams,
  'payment_method' | 'payment_method_data' | 'off_session' | 'mandate_data' | 'mandate' | 'setup_future_usage'
>

/** Endpoints of payments: create (and confirm), retrieve, list, update, confirm, cancel, verify small deposits. */
export const PAYMENT_INTENT_OPERATIONS: readonly Operation[] = [
  operation<CreateParams>('POST', '/v1/payment_intents', createFromRequest),
  operation('GET', '/v1/payment_intents/{id}', (sandbox, _params, id) => getIntent(sandbox, id)),
  operation<ListParams & { customer?: string }>('GET', '/v1/payment_intents', (sandbox, params) =>
    listObjects(sandbox, 'payment_intent', '/v1/payment_intents', params, { customer: params.customer }),
  ),
  operation<Stripe.PaymentIntentUpdateParams>('POST', '/v1/payment_intents/{id}', updateFromRequest),
  operation<Stripe.PaymentIntentConfirmParams>(
    'POST',
    '/v1/payment_intents/{id}/confirm',
    (sandbox, params, id) => {
      const intent = getIntent(sandbox, id)
      refuseSessionIntent(sandbox, intent, 'confirmed')
      return confirmFromRequest(sandbox, intent, params)
    },
  ),
  operation<Stripe.PaymentIntentCancelParams>(
    'POST',
    '/v1/payment_intents/{id}/cancel',
    (sandbox, params, id) => {
      const intent = getIntent(sandbox, id)
      refuseSessionIntent(sandbox, intent, 'canceled')
      refuseSentDebit(sandbox, intent)
      if (!isPending(intent)) throw unexpectedState('cancel', intent)
      return cancelIntent(sandbox, intent, params.cancellation_reason ?? null)
    },
  ),
  operation<VerifyParams>('POST', '/v1/payment_intents/{id}/verify_microdeposits', (sandbox, params, id) =>
    verifyFromRequest(sandbox, getIntent(sandbox, id), params),
  ),
]

function getIntent(sandbox: Sandbox, id: string): Intent {
  const intent = sandbox.store.find('payment_intent', id)
  if (!intent) throw noSuch('payment_intent', id)
  return intent
}

/** A hosted page owns its payment while it is open: the session is what can be paid or expired. */
function refuseSessionIntent(sandbox: Sandbox, intent: Intent, verb: 'confirmed' | 'canceled'): void {
  const { sessionId } = sandbox.store.secretsOf('payment_intent', intent.id)
  const session = sandbox.store.find('checkout.session', sessionId)
  if (!session || (verb === 'canceled' && session.status !== 'open')) return
  throw invalidRequest(
    `This PaymentIntent cannot be ${verb} because it belongs to a Checkout Session. Expire the Checkout Session instead.`,
    'intent',
    'payment_intent_unexpected_state',
  )
}

/** A debit can be taken back until the bank has it, that is until the evening's cut-off. */
function refuseSentDebit(sandbox: Sandbox, intent: Intent): void {
  if (intent.status !== 'processing') return
  const charge = sandbox.store.get('charge', idOf(intent.latest_charge))
  const { debit } = bankBehind(sandbox, charge.payment_method)
  if (debit.kind === 'stays_processing' || isBeforeCutOff(charge.created, sandbox.clock.now())) return
  throw unexpectedState('cancel', intent)
}

function createFromRequest(sandbox: Sandbox, params: CreateParams): Intent | Answer {
  if (params.amount < 50)
    throw invalidRequest('Amount must be at least 50 minor units.', 'amount', 'amount_too_small')
  if (params.amount > 99_999_999)
    throw invalidRequest('Amount must be no more than 99999999 minor units.', 'amount', 'amount_too_large')
  if (params.capture_method === 'manual')
    throw invalidRequest('The sandbox does not capture by hand.', 'capture_method')
  if (params.customer !== undefined && !sandbox.store.find('customer', params.customer)) {
    throw noSuch('customer', params.customer, 'customer')
  }
  if (params.off_session !== undefined && params.off_session !== false && !params.confirm)
    throw invalidRequest('off_session can be given only with confirm=true.', 'off_session')
  const card = params.payment_method_options?.card || undefined
  const intent = createIntent(sandbox, {
    amount: params.amount,
    currency: params.currency.toLowerCase(),
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: readMetadata(params.metadata || undefined),
    receiptEmail: params.receipt_email ?? null,
    setupFutureUsage: params.setup_future_usage ?? null,
    allowedTypes: (params.allowed_payment_method_types ?? null) as Intent['allowed_payment_method_types'],
    challengeWish: card?.request_three_d_secure ?? 'automatic',
    bankOptions: readBankOptions(params),
    sessionId: null,
  })
  if (params.confirm) return confirmFromRequest(sandbox, intent, params)
  if (params.payment_method === undefined && params.payment_method_data === undefined) return intent
  return chooseMethod(sandbox, intent, params)
}

function updateFromRequest(sandbox: Sandbox, params: Stripe.PaymentIntentUpdateParams, id: string): Intent {
  const intent = getIntent(sandbox, id)
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status))
    throw unexpectedState('update', intent)
  const metadata = { ...intent.metadata, ...readMetadata(params.metadata || undefined) }
  const changed: Intent = {
    ...intent,
    amount: params.amount ?? intent.amount,
    description: params.description ?? intent.description,
    metadata,
  }
  sandbox.store.update(changed)
  return params.payment_method === undefined ? changed : chooseMethod(sandbox, changed, params)
}

function chooseMethod(sandbox: Sandbox, intent: Intent, params: ConfirmParams): Intent {
  const method = requireMethod(sandbox, intent, params)
  const ready: Intent = { ...intent, payment_method: method.id, status: 'requires_confirmation' }
  sandbox.store.update(ready)
  return ready
}

function confirmFromRequest(sandbox: Sandbox, intent: Intent, params: ConfirmParams): Intent | Answer {
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status))
    throw unexpectedState('confirm', intent)
  const method = requireMethod(sandbox, intent, params)
  const isOffSession = params.off_session !== undefined && params.off_session !== false
  const wanted: Intent = {
    ...intent,
    setup_future_usage: params.setup_future_usage || intent.setup_future_usage,
  }
  const acceptance = readAcceptance(params.mandate_data, sandbox.clock.now())
  const result = confirmIntent(sandbox, wanted, method, { isOffSession, acceptance })
  if (!result.error) return result.intent
  const { payment_method: errorMethod, ...error } = result.error
  const body = {
    ...error,
    payment_intent: result.intent,
    ...(errorMethod ? { payment_method: errorMethod } : {}),
  }
  return { status: 402, body: { error: body } }
}

function readBankOptions(
  params: CreateParams,
): Stripe.PaymentIntent.PaymentMethodOptions.UsBankAccount | null {
  const wish = params.payment_method_options?.us_bank_account
  if (!wish) return null
  const { verification_method, transaction_purpose, target_date } = wish
  return {
    ...(verification_method ? { verification_method } : {}),
    ...(transaction_purpose ? { transaction_purpose } : {}),
    ...(target_date ? { target_date } : {}),
  }
}

function unexpectedState(verb: string, intent: Intent): Error {
  return invalidRequest(
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    undefined,
    'payment_intent_unexpected_state',
  )
}
