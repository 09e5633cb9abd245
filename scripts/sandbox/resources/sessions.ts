import type Stripe from 'stripe'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import type { MethodType } from '#scripts/sandbox/checkout/offered-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Session = Stripe.Checkout.Session
type CreateParams = Stripe.Checkout.SessionCreateParams
type SessionDraft = {
  id: string
  expiresAt: number
  currency: string | null
  /** What there is to pay; null when the page only saves a method. */
  total: number | null
  types: MethodType[]
  setupIntent: string | null
}

/** A new hosted page, open, from a request that was checked. */
export function newSession(sandbox: Sandbox, params: CreateParams, draft: SessionDraft): Session {
  const now = sandbox.clock.now()
  const customer = sandbox.store.find('customer', params.customer ?? null)
  return {
    id: draft.id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: (params.allowed_payment_method_types ??
      null) as Stripe.Checkout.Session['allowed_payment_method_types'],
    amount_subtotal: draft.total,
    amount_total: draft.total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency: draft.currency,
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
    expires_at: draft.expiresAt,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: readMetadata(params.metadata),
    mode: params.mode ?? 'payment',
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: draft.setupIntent ? 'always' : 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: readOptions(params, draft.types),
    payment_method_types: draft.types,
    payment_status: draft.setupIntent ? 'no_payment_required' : 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: readSavedOptions(params),
    setup_intent: draft.setupIntent,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    total_details: draft.total === null ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${sandbox.publicUrl}/c/pay/${draft.id}`,
    wallet_options: params.wallet_options?.link ? { link: params.wallet_options.link } : null,
  }
}

function readOptions(params: CreateParams, types: readonly MethodType[]): Session['payment_method_options'] {
  const { card, us_bank_account: bank } = params.payment_method_options ?? {}
  const options: NonNullable<Session['payment_method_options']> = {}
  if (types.includes('card'))
    options.card = { request_three_d_secure: card?.request_three_d_secure ?? 'automatic' }
  if (types.includes('us_bank_account')) {
    const connections = bank?.financial_connections
    options.us_bank_account = {
      financial_connections: {
        permissions: connections?.permissions ?? ['payment_method'],
        prefetch: connections?.prefetch ?? [],
      },
      verification_method: bank?.verification_method ?? 'automatic',
    }
  }
  return options
}

function readSavedOptions({
  saved_payment_method_options: wish,
}: CreateParams): Session['saved_payment_method_options'] {
  if (!wish) return null
  return {
    allow_redisplay_filters: wish.allow_redisplay_filters ?? ['always'],
    payment_method_remove: wish.payment_method_remove ?? null,
    payment_method_save: wish.payment_method_save ?? null,
  }
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
