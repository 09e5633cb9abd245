import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { expireSession } from '#scripts/sandbox/checkout/expire-session.ts'
import { randomText } from '#scripts/sandbox/ids.ts'
import { readLineItems } from '#scripts/sandbox/resources/line-items.ts'
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
  const { items, currency, total } = readLineItems(params.line_items, now)
  const id = `cs_test_${randomText(58)}`
  const customer = sandbox.store.find('customer', params.customer ?? null)
  const session: Stripe.Checkout.Session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: (params.allowed_payment_method_types ??
      null) as Stripe.Checkout.Session['allowed_payment_method_types'],
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : (params.customer_creation ?? 'if_required'),
    customer_details: customerDetails(
      customer?.email ?? params.customer_email ?? null,
      customer?.name ?? null,
    ),
    customer_email: params.customer_email ?? null,
    discounts: [],
    expires_at: expiresAt,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: readMetadata(params.metadata),
    mode: 'payment',
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: readChallengeWish(params) } },
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${sandbox.publicUrl}/c/pay/${id}`,
    wallet_options: null,
  }
  const data = params.payment_intent_data ?? {}
  const paymentIntentData = {
    ...data,
    metadata: readMetadata(data.metadata, 'payment_intent_data[metadata]'),
  }
  sandbox.store.insert<'checkout.session'>(session, { lineItems: items, paymentIntentData })
  schedule(sandbox, expiresAt, 'session.expire', id)
  return session
}

/** What the schema cannot say about a new session. */
function checkSession(sandbox: Sandbox, params: CreateParams): void {
  if (params.mode === undefined) throw missingParameter('mode')
  if (params.mode !== 'payment')
    throw invalidRequest(`The sandbox has no Checkout in ${params.mode} mode.`, 'mode')
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
  const allowed = params.allowed_payment_method_types
  if (allowed && !allowed.includes('card')) {
    throw invalidRequest(
      'None of the allowed payment method types is enabled: the sandbox has card.',
      'allowed_payment_method_types',
    )
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

type ChallengeWish = Stripe.Checkout.Session.PaymentMethodOptions.Card['request_three_d_secure']

function readChallengeWish(params: CreateParams): ChallengeWish {
  return params.payment_method_options?.card?.request_three_d_secure ?? 'automatic'
}

/** Customer details as far as known; null while nothing is. */
export function customerDetails(
  email: string | null,
  name: string | null,
  postalCode: string | null = null,
): Stripe.Checkout.Session['customer_details'] {
  if (email === null && name === null) return null
  const address = {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: postalCode,
    state: null,
  }
  return {
    address: postalCode ? address : null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  }
}
