import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Answer, type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { type VerifyParams, verifyFromRequest } from '#scripts/sandbox/banking/verify-operation.ts'
import { confirmSetup } from '#scripts/sandbox/checkout/confirm-setup.ts'
import { requireMethod } from '#scripts/sandbox/methods/chosen-method.ts'
import { readAcceptance } from '#scripts/sandbox/methods/mandates.ts'
import { cancelSetup, createSetup } from '#scripts/sandbox/resources/setup-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Setup = Stripe.SetupIntent
type CreateParams = Stripe.SetupIntentCreateParams
type ConfirmParams = Pick<
  Stripe.SetupIntentConfirmParams,
  'payment_method' | 'payment_method_data' | 'mandate_data'
>

/** Endpoints of setups: create (and confirm), retrieve, list, confirm, cancel, verify small deposits. */
export const SETUP_INTENT_OPERATIONS: readonly Operation[] = [
  operation<CreateParams>('POST', '/v1/setup_intents', createFromRequest),
  operation('GET', '/v1/setup_intents/{id}', (sandbox, _params, id) => getSetup(sandbox, id)),
  operation<ListParams & { customer?: string; payment_method?: string }>(
    'GET',
    '/v1/setup_intents',
    (sandbox, params) => {
      const { customer, payment_method } = params
      return listObjects(sandbox, 'setup_intent', '/v1/setup_intents', params, { customer, payment_method })
    },
  ),
  operation<ConfirmParams>('POST', '/v1/setup_intents/{id}/confirm', (sandbox, params, id) => {
    const setup = getSetup(sandbox, id)
    refuseSessionSetup(sandbox, setup)
    return confirmFromRequest(sandbox, setup, params)
  }),
  operation<Stripe.SetupIntentCancelParams>(
    'POST',
    '/v1/setup_intents/{id}/cancel',
    (sandbox, params, id) => {
      const setup = getSetup(sandbox, id)
      refuseSessionSetup(sandbox, setup)
      if (setup.status === 'succeeded' || setup.status === 'canceled') throw unexpectedState('cancel', setup)
      return cancelSetup(sandbox, setup, params.cancellation_reason ?? null)
    },
  ),
  operation<VerifyParams>('POST', '/v1/setup_intents/{id}/verify_microdeposits', (sandbox, params, id) =>
    verifyFromRequest(sandbox, getSetup(sandbox, id), params),
  ),
]

function getSetup(sandbox: Sandbox, id: string): Setup {
  const setup = sandbox.store.find('setup_intent', id)
  if (!setup) throw noSuch('setupintent', id)
  return setup
}

/** A hosted page owns its setup while it is open. */
function refuseSessionSetup(sandbox: Sandbox, setup: Setup): void {
  const { sessionId } = sandbox.store.secretsOf('setup_intent', setup.id)
  if (sandbox.store.find('checkout.session', sessionId)?.status !== 'open') return
  throw invalidRequest(
    'This SetupIntent belongs to a Checkout Session. Expire the Checkout Session instead.',
    'intent',
    'setup_intent_unexpected_state',
  )
}

function createFromRequest(sandbox: Sandbox, params: CreateParams): Setup | Answer {
  if (params.customer !== undefined && !sandbox.store.find('customer', params.customer)) {
    throw noSuch('customer', params.customer, 'customer')
  }
  const bank = params.payment_method_options?.us_bank_account
  const setup = createSetup(sandbox, {
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: readMetadata(params.metadata),
    allowedTypes: (params.allowed_payment_method_types ?? null) as Setup['allowed_payment_method_types'],
    currency: null,
    usage: params.usage ?? 'off_session',
    verification: bank?.verification_method ?? 'automatic',
    sessionId: null,
  })
  if (params.confirm) return confirmFromRequest(sandbox, setup, params)
  if (params.payment_method === undefined && params.payment_method_data === undefined) return setup
  const method = requireMethod(sandbox, setup, params as ConfirmParams)
  const ready: Setup = { ...setup, payment_method: method.id, status: 'requires_confirmation' }
  sandbox.store.update(ready)
  return ready
}

function confirmFromRequest(sandbox: Sandbox, setup: Setup, params: ConfirmParams): Setup | Answer {
  if (!['requires_payment_method', 'requires_confirmation'].includes(setup.status))
    throw unexpectedState('confirm', setup)
  const method = requireMethod(sandbox, setup, params)
  const acceptance = readAcceptance(params.mandate_data, sandbox.clock.now())
  const result = confirmSetup(sandbox, setup, method, { isOffSession: false, acceptance })
  if (!result.error) return result.intent
  return { status: 402, body: { error: { ...result.error, setup_intent: result.intent } } }
}

function unexpectedState(verb: string, setup: Setup): Error {
  return invalidRequest(
    `You cannot ${verb} this SetupIntent because it has a status of ${setup.status}.`,
    undefined,
    'setup_intent_unexpected_state',
  )
}
