import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Answer, type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { confirmIntent } from '#scripts/sandbox/checkout/confirm-intent.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import { attachMethod, findMethod } from '#scripts/sandbox/resources/payment-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent
type Draft = {
  amount: number
  currency: string
  customer: string | null
  description: string | null
  metadata: Record<string, string>
  receiptEmail: string | null
  setupFutureUsage: Intent['setup_future_usage']
  allowedTypes: Intent['allowed_payment_method_types']
  challengeWish: Stripe.Checkout.Session.PaymentMethodOptions.Card['request_three_d_secure']
  sessionId: string | null
}

/** Endpoints of payments: create (and confirm), retrieve, list, confirm, cancel. */
export const PAYMENT_INTENT_OPERATIONS: readonly Operation[] = [
  operation<Stripe.PaymentIntentCreateParams>('POST', '/v1/payment_intents', createFromRequest),
  operation('GET', '/v1/payment_intents/{id}', (sandbox, _params, id) => getIntent(sandbox, id)),
  operation<ListParams & { customer?: string }>('GET', '/v1/payment_intents', (sandbox, params) =>
    listObjects(sandbox, 'payment_intent', '/v1/payment_intents', params, { customer: params.customer }),
  ),
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
      if (!isPending(intent)) {
        throw invalidRequest(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
          undefined,
          'payment_intent_unexpected_state',
        )
      }
      return cancelIntent(sandbox, intent, params.cancellation_reason ?? null)
    },
  ),
]

/** Stores a new payment that waits for a method, and tells the endpoints. */
export function createIntent(sandbox: Sandbox, draft: Draft): Intent {
  const id = newProviderId('pi')
  const intent: Intent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: draft.allowedTypes,
    amount: draft.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: sandbox.clock.now(),
    currency: draft.currency,
    customer: draft.customer,
    customer_account: null,
    description: draft.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: draft.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: draft.challengeWish,
      },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: draft.receiptEmail,
    review: null,
    setup_future_usage: draft.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
  }
  sandbox.store.insert<'payment_intent'>(intent, { sessionId: draft.sessionId })
  emit(sandbox, 'payment_intent.created', intent)
  return intent
}

/** Cancels a payment that is not final yet; a final one stays as it is. */
export function cancelIntent(
  sandbox: Sandbox,
  intent: Intent,
  reason: Intent['cancellation_reason'],
): Intent {
  if (!isPending(intent)) return intent
  const canceled: Intent = {
    ...intent,
    canceled_at: sandbox.clock.now(),
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  }
  sandbox.store.update(canceled)
  emit(sandbox, 'payment_intent.canceled', canceled)
  return canceled
}

function getIntent(sandbox: Sandbox, id: string): Intent {
  const intent = sandbox.store.find('payment_intent', id)
  if (!intent) throw noSuch('payment_intent', id)
  return intent
}

function isPending(intent: Intent): boolean {
  return intent.status !== 'succeeded' && intent.status !== 'canceled'
}

/** A hosted page owns its payment: the session is what can be paid or expired. */
function refuseSessionIntent(sandbox: Sandbox, intent: Intent, verb: string): void {
  if (sandbox.store.secretsOf('payment_intent', intent.id).sessionId === null) return
  throw invalidRequest(
    `This PaymentIntent cannot be ${verb} because it belongs to a Checkout Session. Expire the Checkout Session instead.`,
    'intent',
    'payment_intent_unexpected_state',
  )
}

function createFromRequest(sandbox: Sandbox, params: Stripe.PaymentIntentCreateParams): Intent | Answer {
  if (params.amount < 50)
    throw invalidRequest('Amount must be at least 50 minor units.', 'amount', 'amount_too_small')
  if (params.amount > 99_999_999)
    throw invalidRequest('Amount must be no more than 99999999 minor units.', 'amount', 'amount_too_large')
  if (params.capture_method === 'manual')
    throw invalidRequest('The sandbox does not capture by hand.', 'capture_method')
  if (params.customer !== undefined && !sandbox.store.find('customer', params.customer)) {
    throw noSuch('customer', params.customer, 'customer')
  }
  const wish = params.payment_method_options?.card || undefined
  const intent = createIntent(sandbox, {
    amount: params.amount,
    currency: params.currency.toLowerCase(),
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: readMetadata(params.metadata || undefined),
    receiptEmail: params.receipt_email ?? null,
    setupFutureUsage: params.setup_future_usage ?? null,
    allowedTypes: (params.allowed_payment_method_types ?? null) as Intent['allowed_payment_method_types'],
    challengeWish: wish?.request_three_d_secure ?? 'automatic',
    sessionId: null,
  })
  if (params.confirm) return confirmFromRequest(sandbox, intent, params)
  if (params.payment_method === undefined) return intent
  const method = findMethod(sandbox, params.payment_method)
  if (!method) throw noSuch('PaymentMethod', params.payment_method, 'payment_method')
  const ready: Intent = { ...intent, payment_method: method.id, status: 'requires_confirmation' }
  sandbox.store.update(ready)
  return ready
}

type ConfirmParams = Pick<
  Stripe.PaymentIntentConfirmParams,
  'payment_method' | 'off_session' | 'error_on_requires_action'
>

function confirmFromRequest(sandbox: Sandbox, intent: Intent, params: ConfirmParams): Intent | Answer {
  if (!isPending(intent) || intent.status === 'requires_action') {
    throw invalidRequest(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`,
      undefined,
      'payment_intent_unexpected_state',
    )
  }
  const wanted =
    params.payment_method ?? (typeof intent.payment_method === 'string' ? intent.payment_method : undefined)
  if (wanted === undefined) {
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method.',
      'payment_method',
      'parameter_missing',
    )
  }
  const method = findMethod(sandbox, wanted)
  if (!method) throw noSuch('PaymentMethod', wanted, 'payment_method')
  const isOffSession = params.off_session !== undefined && params.off_session !== false
  const result = confirmIntent(sandbox, intent, method, { isOffSession })
  if (result.intent.setup_future_usage !== null && typeof intent.customer === 'string') {
    attachMethod(sandbox, method, intent.customer)
  }
  if (!result.error) return result.intent
  const { payment_method: errorMethod, ...error } = result.error
  const body = {
    ...error,
    payment_intent: result.intent,
    ...(errorMethod ? { payment_method: errorMethod } : {}),
  }
  return { status: 402, body: { error: body } }
}
