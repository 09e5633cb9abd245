import type Stripe from 'stripe'
import { offeredMethods } from '#scripts/sandbox/checkout/offered-methods.ts'
import { tellSession } from '#scripts/sandbox/checkout/tell-session.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { moveMandate } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Intent = Stripe.PaymentIntent
type Options = NonNullable<Intent['payment_method_options']>
export type IntentDraft = {
  amount: number
  currency: string
  customer: string | null
  description: string | null
  metadata: Record<string, string>
  receiptEmail: string | null
  setupFutureUsage: Intent['setup_future_usage']
  allowedTypes: Intent['allowed_payment_method_types']
  challengeWish: Stripe.Checkout.Session.PaymentMethodOptions.Card['request_three_d_secure']
  bankOptions: Options['us_bank_account'] | null
  sessionId: string | null
}

/** Stores a new payment that waits for a method, and tells the endpoints. */
export function createIntent(sandbox: Sandbox, draft: IntentDraft): Intent {
  const id = newProviderId('pi')
  const types = offeredMethods({ allowed: draft.allowedTypes, currency: draft.currency })
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
    payment_method_options: optionsOf(draft, types),
    payment_method_types: types,
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

/** Cancels a payment that is not final yet, with the debit that is on its way; a final one stays as it is. */
export function cancelIntent(
  sandbox: Sandbox,
  intent: Intent,
  reason: Intent['cancellation_reason'],
): Intent {
  if (!isPending(intent)) return intent
  if (intent.status === 'processing') stopDebit(sandbox, intent)
  const { mandateId } = sandbox.store.secretsOf('payment_intent', intent.id)
  const mandate = sandbox.store.find('mandate', mandateId ?? null)
  if (mandate?.type === 'single_use') moveMandate(sandbox, mandate.id, 'inactive')
  const canceled: Intent = {
    ...intent,
    canceled_at: sandbox.clock.now(),
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  }
  sandbox.store.update(canceled)
  emit(sandbox, 'payment_intent.canceled', canceled)
  tellSession(sandbox, canceled, 'failed')
  return canceled
}

/** Whether a payment may still come to another end. */
export function isPending(intent: Intent): boolean {
  return intent.status !== 'succeeded' && intent.status !== 'canceled'
}

function stopDebit(sandbox: Sandbox, intent: Intent): void {
  const charge = sandbox.store.get('charge', idOf(intent.latest_charge))
  const stopped: Stripe.Charge = {
    ...charge,
    amount_captured: 0,
    captured: false,
    failure_message: 'The debit was canceled before it was sent to the bank.',
    status: 'failed',
  }
  sandbox.store.update(stopped)
  emit(sandbox, 'charge.failed', stopped, { status: 'pending' })
}

function optionsOf(draft: IntentDraft, types: readonly string[]): Options {
  const options: Options = {}
  if (types.includes('card')) {
    options.card = {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: draft.challengeWish,
    }
  }
  if (types.includes('link')) options.link = { persistent_token: null }
  if (types.includes('us_bank_account'))
    options.us_bank_account = { verification_method: 'automatic', ...draft.bankOptions }
  return options
}
