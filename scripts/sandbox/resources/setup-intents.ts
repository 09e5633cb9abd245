import type Stripe from 'stripe'
import { offeredMethods } from '#scripts/sandbox/checkout/offered-methods.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { moveMandate } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Setup = Stripe.SetupIntent
export type SetupDraft = {
  customer: string | null
  description: string | null
  metadata: Record<string, string>
  allowedTypes: Setup['allowed_payment_method_types']
  currency: string | null
  usage: string
  verification: Stripe.SetupIntent.PaymentMethodOptions.UsBankAccount.VerificationMethod
  sessionId: string | null
}

/** Stores a new setup that waits for a method, and tells the endpoints. */
export function createSetup(sandbox: Sandbox, draft: SetupDraft): Setup {
  const id = newProviderId('seti')
  const types = offeredMethods({ allowed: draft.allowedTypes, currency: draft.currency })
  const setup: Setup = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: draft.allowedTypes,
    application: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: sandbox.clock.now(),
    customer: draft.customer,
    customer_account: null,
    description: draft.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: draft.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      ...(types.includes('card')
        ? { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' as const } }
        : {}),
      ...(types.includes('us_bank_account')
        ? { us_bank_account: { verification_method: draft.verification } }
        : {}),
    },
    payment_method_types: types,
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: draft.usage,
  }
  sandbox.store.insert<'setup_intent'>(setup, { sessionId: draft.sessionId })
  emit(sandbox, 'setup_intent.created', setup)
  return setup
}

/** Cancels a setup that is not final yet; a final one stays as it is. */
export function cancelSetup(sandbox: Sandbox, setup: Setup, reason: Setup['cancellation_reason']): Setup {
  if (setup.status === 'succeeded' || setup.status === 'canceled') return setup
  const canceled: Setup = { ...setup, cancellation_reason: reason, next_action: null, status: 'canceled' }
  sandbox.store.update(canceled)
  moveMandate(sandbox, idOf(setup.mandate), 'inactive')
  emit(sandbox, 'setup_intent.canceled', canceled)
  return canceled
}
