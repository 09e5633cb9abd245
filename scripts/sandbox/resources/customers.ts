import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** Endpoints of customers: create, update, retrieve, list. */
export const CUSTOMER_OPERATIONS: readonly Operation[] = [
  operation<Stripe.CustomerCreateParams>('POST', '/v1/customers', createCustomer),
  operation<Stripe.CustomerUpdateParams>('POST', '/v1/customers/{id}', updateCustomer),
  operation('GET', '/v1/customers/{id}', (sandbox, _params, id) => {
    const customer = sandbox.store.find('customer', id)
    if (!customer) throw noSuch('customer', id)
    return customer
  }),
  operation<ListParams & { email?: string }>('GET', '/v1/customers', (sandbox, params) =>
    listObjects(sandbox, 'customer', '/v1/customers', params, { email: params.email }),
  ),
]

function createCustomer(sandbox: Sandbox, params: Stripe.CustomerCreateParams): Stripe.Customer {
  const id = newProviderId('cus')
  const customer: Stripe.Customer = {
    id,
    object: 'customer',
    address: params.address ? completeAddress(params.address) : null,
    balance: 0,
    created: sandbox.clock.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.description ?? null,
    discount: null,
    email: params.email ?? null,
    invoice_prefix: createHash('sha256').update(id).digest('hex').slice(0, 8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: readMetadata(params.metadata),
    name: params.name ?? null,
    next_invoice_sequence: 1,
    phone: params.phone ?? null,
    preferred_locales: params.preferred_locales ?? [],
    shipping: null,
    tax_exempt: params.tax_exempt || 'none',
    test_clock: null,
  }
  sandbox.store.insert<'customer'>(customer)
  emit(sandbox, 'customer.created', customer)
  return customer
}

/** Changes what the product changes: name and e-mail address. */
function updateCustomer(sandbox: Sandbox, params: Stripe.CustomerUpdateParams, id: string): Stripe.Customer {
  const customer = sandbox.store.find('customer', id)
  if (!customer) throw noSuch('customer', id)
  const changed: Stripe.Customer = {
    ...customer,
    name: params.name ?? customer.name ?? null,
    email: params.email ?? customer.email,
  }
  sandbox.store.update(changed)
  emit(sandbox, 'customer.updated', changed, { name: customer.name, email: customer.email })
  return changed
}

function completeAddress(address: Stripe.AddressParam): Stripe.Address {
  return {
    city: address.city ?? null,
    country: address.country ?? null,
    line1: address.line1 ?? null,
    line2: address.line2 ?? null,
    postal_code: address.postal_code ?? null,
    state: address.state ?? null,
  }
}
