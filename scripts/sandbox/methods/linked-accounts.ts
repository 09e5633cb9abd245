import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import type { TestBankAccount } from '#scripts/sandbox/banking/test-accounts.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Linked = Stripe.FinancialConnections.Account
export type AccountOwner = { name: string; email: string | null; customer: string | null }

/** What the accounts hold, in minor units: enough for any invoice, or nearly nothing. */
const RICH_BALANCE = 25_000_000
const POOR_BALANCE = 120

/** Endpoints of bank accounts that a customer linked by logging in at the bank: retrieve, list. */
export const LINKED_ACCOUNT_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/financial_connections/accounts/{id}', (sandbox, _params, id) => {
    const account = sandbox.store.find('financial_connections.account', id)
    if (!account) throw noSuch('financial_connections.account', id)
    return account
  }),
  operation<ListParams>('GET', '/v1/financial_connections/accounts', (sandbox, params) =>
    listObjects(sandbox, 'financial_connections.account', '/v1/financial_connections/accounts', params),
  ),
]

/** Stores the account that a customer chose at the bank, with balance and owner as if both had been fetched. */
export function linkAccount(sandbox: Sandbox, account: TestBankAccount, owner: AccountOwner): Linked {
  const now = sandbox.clock.now()
  const refresh = { last_attempted_at: now, next_refresh_available_at: now, status: 'succeeded' as const }
  const isPoor = account.debit.kind === 'returned' && account.debit.bankReturn.networkCode === 'R01'
  const amounts = { usd: isPoor ? POOR_BALANCE : RICH_BALANCE }
  const linked: Linked = {
    id: newProviderId('fca'),
    object: 'financial_connections.account',
    account_holder: owner.customer ? { customer: owner.customer, type: 'customer' } : null,
    account_numbers: null,
    balance: { as_of: now, cash: { available: amounts }, current: amounts, type: 'cash' },
    balance_refresh: refresh,
    category: 'cash',
    created: now,
    display_name: account.meaning,
    institution_name: 'Stripe Test Bank',
    last4: account.number.slice(-4),
    livemode: false,
    ownership: storeOwnership(sandbox, owner, now),
    ownership_refresh: refresh,
    permissions: ['payment_method', 'balances', 'ownership'],
    status: 'active',
    subcategory: 'checking',
    subscriptions: [],
    supported_payment_method_types: ['us_bank_account'],
    transaction_refresh: null,
  }
  sandbox.store.insert<'financial_connections.account'>(linked)
  emit(sandbox, 'financial_connections.account.created', linked)
  return linked
}

function storeOwnership(sandbox: Sandbox, { name, email }: AccountOwner, now: number): string {
  const id = newProviderId('fcao')
  const owner: Stripe.FinancialConnections.AccountOwner = {
    id: newProviderId('fcaown'),
    object: 'financial_connections.account_owner',
    email,
    name,
    ownership: id,
    phone: null,
    raw_address: null,
    refreshed_at: now,
  }
  sandbox.store.insert<'financial_connections.account_ownership'>({
    id,
    object: 'financial_connections.account_ownership',
    created: now,
    owners: {
      object: 'list',
      data: [owner],
      has_more: false,
      url: `/v1/financial_connections/account_owners?ownership=${id}`,
    },
  })
  return id
}
