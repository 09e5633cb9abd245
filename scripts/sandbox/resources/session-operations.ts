import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { expireSession } from '#scripts/sandbox/checkout/expire-session.ts'
import { offeredMethods } from '#scripts/sandbox/checkout/offered-methods.ts'
import { randomText } from '#scripts/sandbox/ids.ts'
import { readLineItems } from '#scripts/sandbox/resources/line-items.ts'
import { newSession } from '#scripts/sandbox/resources/sessions.ts'
import { createSetup } from '#scripts/sandbox/resources/setup-intents.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'

type CreateParams = Stripe.Checkout.SessionCreateParams
type SessionFilter = { customer?: string; payment_intent?: string; status?: string }

const SHORTEST_LIFE_SECONDS = 30 * 60
const LONGEST_LIFE_SECONDS = 24 * 60 * 60

/** Endpoints of hosted payment pages: create, retrieve, list, expire. */
export const SESSION_OPERATIONS: readonly Operation[] = [
  operation<CreateParams>('POST', '/v1/checkout/sessions', createSession),
  operation('GET', '/v1/checkout/sessions/{id}', (sandbox, _params, id) => getSession(sandbox, id)),
  operation<ListParams & SessionFilter>('GET', '/v1/checkout/sessions', (sandbox, params) => {
    const { customer, payment_intent, status } = params
    return listObjects(sandbox, 'checkout.session', '/v1/checkout/sessions', params, {
      customer,
      payment_intent,
      status,
    })
  }),
  operation('POST', '/v1/checkout/sessions/{id}/expire', (sandbox, _params, id) => {
    const session = getSession(sandbox, id)
    if (session.status !== 'open') {
      throw invalidRequest(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      )
    }
    return expireSession(sandbox, id)
  }),
]

function getSession(sandbox: Sandbox, id: string): Stripe.Checkout.Session {
  const session = sandbox.store.find('checkout.session', id)
  if (!session) throw noSuch('checkout.session', id)
  return session
}

function createSession(sandbox: Sandbox, params: CreateParams): Stripe.Checkout.Session {
  const now = sandbox.clock.now()
  checkSession(sandbox, params)
  const expiresAt = readExpiry(params.expires_at, now)
  const isSetup = params.mode === 'setup'
  const lines = isSetup ? null : readLineItems(params.line_items, now)
  const currency = lines?.currency ?? params.currency?.toLowerCase() ?? null
  const types = offeredMethods({
    allowed: params.allowed_payment_method_types ?? null,
    currency,
    hidesLink: params.wallet_options?.link?.display === 'never',
  })
  if (types.length === 0) {
    throw invalidRequest(
      'None of the allowed payment method types is enabled for this currency: the sandbox has card, link and us_bank_account.',
      'allowed_payment_method_types',
    )
  }
  const id = `cs_test_${randomText(58)}`
  const session = newSession(sandbox, params, {
    id,
    expiresAt,
    currency,
    total: lines?.total ?? null,
    types,
    setupIntent: isSetup ? createSessionSetup(sandbox, params, id, currency) : null,
  })
  const data = params.payment_intent_data ?? {}
  const paymentIntentData = {
    ...data,
    metadata: readMetadata(data.metadata, 'payment_intent_data[metadata]'),
  }
  sandbox.store.insert<'checkout.session'>(session, { lineItems: lines?.items ?? [], paymentIntentData })
  schedule(sandbox, expiresAt, 'session.expire', id)
  return session
}

/** A page that saves a method has its setup from the start. */
function createSessionSetup(
  sandbox: Sandbox,
  params: CreateParams,
  sessionId: string,
  currency: string | null,
): string {
  const allowed = params.allowed_payment_method_types ?? null
  const setup = createSetup(sandbox, {
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: readMetadata(params.setup_intent_data?.metadata, 'setup_intent_data[metadata]'),
    allowedTypes: allowed as Stripe.SetupIntent['allowed_payment_method_types'],
    currency,
    usage: 'off_session',
    verification: params.payment_method_options?.us_bank_account?.verification_method ?? 'automatic',
    sessionId,
  })
  return setup.id
}

/** What the schema cannot say about a new session. */
function checkSession(sandbox: Sandbox, params: CreateParams): void {
  if (params.mode === undefined) throw missingParameter('mode')
  if (params.mode === 'subscription')
    throw invalidRequest('The sandbox has no Checkout in subscription mode.', 'mode')
  if (params.mode === 'setup' && params.line_items !== undefined)
    throw invalidRequest('You can not pass `line_items` in `setup` mode.', 'line_items')
  if (params.ui_mode !== undefined && params.ui_mode !== 'hosted_page') {
    throw invalidRequest('The sandbox has hosted pages only.', 'ui_mode')
  }
  if (params.success_url === undefined) throw missingParameter('success_url')
  checkUrl(params.success_url, 'success_url')
  if (params.cancel_url !== undefined) checkUrl(params.cancel_url, 'cancel_url')
  if (params.customer !== undefined && params.customer_email !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: customer, customer_email.',
      'customer_email',
    )
  }
  if (params.customer !== undefined && !sandbox.store.find('customer', params.customer)) {
    throw noSuch('customer', params.customer, 'customer')
  }
  if ((params.client_reference_id?.length ?? 0) > 200) {
    throw invalidRequest('Invalid string: at most 200 characters', 'client_reference_id')
  }
  const capture = params.payment_intent_data?.capture_method
  if (capture === 'manual')
    throw invalidRequest('The sandbox does not capture by hand.', 'payment_intent_data[capture_method]')
}

function checkUrl(text: string, param: string): void {
  const url = URL.parse(text.replaceAll('{CHECKOUT_SESSION_ID}', 'x'))
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw invalidRequest('Not a valid URL', param, 'url_invalid')
}

function readExpiry(expiresAt: number | undefined, now: number): number {
  if (expiresAt === undefined) return now + LONGEST_LIFE_SECONDS
  if (expiresAt < now + SHORTEST_LIFE_SECONDS) {
    throw invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  }
  if (expiresAt > now + LONGEST_LIFE_SECONDS) {
    throw invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    )
  }
  return expiresAt
}
