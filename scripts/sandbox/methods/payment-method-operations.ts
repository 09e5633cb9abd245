import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { readBankMethod } from '#scripts/sandbox/methods/bank-methods.ts'
import { secretsOfMethod } from '#scripts/sandbox/methods/behind-method.ts'
import {
  attachMethod,
  detachMethod,
  findMethod,
  refuseForeignMethod,
} from '#scripts/sandbox/methods/payment-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Method = Stripe.PaymentMethod
type Filter = { type?: string; allow_redisplay?: string }

/** Endpoints of payment methods: create (bank accounts), retrieve, list, update, attach, detach; and a customer's own. */
export const PAYMENT_METHOD_OPERATIONS: readonly Operation[] = [
  operation<Stripe.PaymentMethodCreateParams>('POST', '/v1/payment_methods', createMethod),
  operation('GET', '/v1/payment_methods/{id}', (sandbox, _params, id) => getMethod(sandbox, id)),
  operation<ListParams & Filter & { customer?: string }>('GET', '/v1/payment_methods', (sandbox, params) => {
    const { customer, type, allow_redisplay } = params
    return listObjects(sandbox, 'payment_method', '/v1/payment_methods', params, {
      customer: customer ?? '',
      type,
      allow_redisplay,
    })
  }),
  operation<ListParams & Filter>('GET', '/v1/customers/{id}/payment_methods', (sandbox, params, id) => {
    if (!sandbox.store.find('customer', id)) throw noSuch('customer', id)
    const { type, allow_redisplay } = params
    const url = `/v1/customers/${id}/payment_methods`
    return listObjects(sandbox, 'payment_method', url, params, { customer: id, type, allow_redisplay })
  }),
  operation<Stripe.PaymentMethodUpdateParams>('POST', '/v1/payment_methods/{id}', updateMethod),
  operation<Stripe.PaymentMethodAttachParams>('POST', '/v1/payment_methods/{id}/attach', attach),
  operation('POST', '/v1/payment_methods/{id}/detach', (sandbox, _params, id) => {
    const method = getMethod(sandbox, id)
    if (method.customer !== null) return detachMethod(sandbox, method)
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      'payment_method',
    )
  }),
]

function getMethod(sandbox: Sandbox, id: string): Method {
  const method = sandbox.store.find('payment_method', id)
  if (!method) throw noSuch('PaymentMethod', id)
  return method
}

/** Numbers of cards are taken on the hosted page only. */
function createMethod(sandbox: Sandbox, params: Stripe.PaymentMethodCreateParams): Method {
  if (params.type !== 'us_bank_account') {
    throw invalidRequest(
      'The sandbox takes cards on its hosted pages only; use a token such as pm_card_visa.',
      'type',
    )
  }
  const method = readBankMethod(sandbox, params.us_bank_account, params.billing_details)
  const named: Method = {
    ...method,
    allow_redisplay: params.allow_redisplay ?? 'unspecified',
    metadata: readMetadata(params.metadata),
  }
  sandbox.store.update(named)
  return named
}

function updateMethod(sandbox: Sandbox, params: Stripe.PaymentMethodUpdateParams, id: string): Method {
  const method = getMethod(sandbox, id)
  const { name, email } = params.billing_details ?? {}
  const changed: Method = {
    ...method,
    allow_redisplay: params.allow_redisplay ?? method.allow_redisplay ?? 'unspecified',
    billing_details: {
      ...method.billing_details,
      ...(name === undefined ? {} : { name: name || null }),
      ...(email === undefined ? {} : { email: email || null }),
    },
    metadata:
      params.metadata === undefined
        ? method.metadata
        : { ...method.metadata, ...readMetadata(params.metadata || undefined) },
  }
  sandbox.store.update(changed)
  emit(sandbox, 'payment_method.updated', changed)
  return changed
}

function attach(sandbox: Sandbox, params: Stripe.PaymentMethodAttachParams, id: string): Method {
  const customer = params.customer ?? ''
  if (!sandbox.store.find('customer', customer)) throw noSuch('customer', customer, 'customer')
  const method = findMethod(sandbox, id)
  if (!method) throw noSuch('PaymentMethod', id)
  refuseForeignMethod(sandbox, method, customer)
  if (secretsOfMethod(sandbox, method).isVerified === false) {
    throw invalidRequest(
      'A bank account must be verified, by a SetupIntent, before it is attached to a customer.',
      'payment_method',
      'bank_account_unverified',
    )
  }
  return attachMethod(sandbox, method, customer)
}
