import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { findBankAccountName } from '#scripts/sandbox/banking/test-accounts.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { createBankMethod } from '#scripts/sandbox/methods/bank-methods.ts'
import { attachMethod, detachMethod } from '#scripts/sandbox/methods/payment-methods.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** Endpoints of bank accounts that came by token: add to a customer, list, delete; and the tokens themselves. */
export const SOURCE_OPERATIONS: readonly Operation[] = [
  operation<Stripe.CustomerCreateSourceParams>('POST', '/v1/customers/{id}/sources', createSource),
  operation('GET', '/v1/customers/{id}/sources', (sandbox, _params, id) => {
    const methods = sandbox.store.allWhere('payment_method', 'customer', id)
    const data = methods.filter((one) => one.id.startsWith('ba_')).map(sourceOf)
    return { object: 'list', data: data.reverse(), has_more: false, url: `/v1/customers/${id}/sources` }
  }),
  operation('DELETE', '/v1/customers/{customerId}/sources/{id}', (sandbox, _params, id) =>
    deleteSource(sandbox, id),
  ),
  operation('GET', '/v1/tokens/{id}', (sandbox, _params, id) => {
    const token = sandbox.store.find('token', id)
    if (!token) throw noSuch('token', id)
    return token
  }),
]

/** Turns a token, once, into a verified bank account of a customer; its id is a payment method as well. */
function createSource(
  sandbox: Sandbox,
  params: Stripe.CustomerCreateSourceParams,
  customerId: string,
): Stripe.BankAccount {
  if (!sandbox.store.find('customer', customerId)) throw noSuch('customer', customerId)
  const token = sandbox.store.find('token', params.source)
  if (!token) throw noSuch('token', params.source, 'source')
  if (token.used) {
    throw invalidRequest(
      `You cannot use a Stripe token more than once: ${token.id}.`,
      'source',
      'token_already_used',
    )
  }
  const { account } = sandbox.store.secretsOf('token', token.id)
  const bank = findBankAccountName(account)
  if (!bank) throw invalidRequest('The token names no test bank account.', 'source', 'account_number_invalid')
  sandbox.store.update({ ...token, used: true })
  const given = token.bank_account
  const holder = {
    name: given?.account_holder_name ?? 'Account Holder',
    email: null,
    holderType: given?.account_holder_type === 'individual' ? ('individual' as const) : ('company' as const),
    customer: customerId,
  }
  const method = createBankMethod(sandbox, bank, 'token', holder, newProviderId('ba'))
  sandbox.store.update({ ...method, metadata: readMetadata(params.metadata) })
  const attached = attachMethod(sandbox, method, customerId)
  const source = sourceOf(attached)
  emit(sandbox, 'customer.source.created', source)
  return source
}

function deleteSource(sandbox: Sandbox, id: string): Stripe.DeletedBankAccount {
  const method = sandbox.store.find('payment_method', id)
  if (!method || !id.startsWith('ba_') || method.customer === null) throw noSuch('source', id)
  emit(sandbox, 'customer.source.deleted', sourceOf(method))
  detachMethod(sandbox, method)
  return { id, object: 'bank_account', deleted: true }
}

/** A payment method that came by token, as the older endpoints show it. */
export function sourceOf(method: Stripe.PaymentMethod): Stripe.BankAccount {
  const account = method.us_bank_account
  return {
    id: method.id,
    object: 'bank_account',
    account_holder_name: method.billing_details.name,
    account_holder_type: account?.account_holder_type ?? null,
    account_type: account?.account_type ?? null,
    bank_name: account?.bank_name ?? null,
    country: 'US',
    currency: 'usd',
    customer: method.customer,
    fingerprint: account?.fingerprint ?? null,
    last4: account?.last4 ?? '',
    metadata: method.metadata,
    routing_number: account?.routing_number ?? null,
    status: account?.status_details?.blocked ? 'errored' : 'verified',
  }
}
