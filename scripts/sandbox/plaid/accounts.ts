import { badInput, troubled } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { exactScore, isBusinessName, nameScore } from '#scripts/sandbox/plaid/identity-match.ts'
import { itemOf, itemView, workingItemOf } from '#scripts/sandbox/plaid/items.ts'
import type { Holder, LinkedAccount, PlaidItem } from '#scripts/sandbox/plaid/records.ts'

type AccountsQuery = { access_token: string; options?: { account_ids?: string[] } }
type Known = {
  legal_name?: string | null
  phone_number?: string | null
  email_address?: string | null
  address?: { street?: string } | null
}

/** The accounts that a query asks for; all of them when it names none. @throws PlaidRefusal for one that is not there */
function accountsOf(item: PlaidItem, query: AccountsQuery): LinkedAccount[] {
  const ids = query.options?.account_ids
  return ids === undefined ? item.accounts : ids.map((id) => accountOf(item, id))
}

/** One account of an item. @throws PlaidRefusal when it is not there, or not shared (any more) */
export function accountOf(item: PlaidItem, accountId: string): LinkedAccount {
  const found = item.accounts.find((one) => one.account_id === accountId)
  if (!found) throw badInput('INVALID_ACCOUNT_ID', 'failed to find requested account ID for requested item')
  return found
}

/** Refuses what needs an account number while micro-deposits have not proved it. */
export function requireVerified(account: LinkedAccount): void {
  if (account.verification === 'pending_automatic_verification') throw troubled('PRODUCT_NOT_READY')
  if (account.verification === 'verification_expired')
    throw badInput('INVALID_ACCOUNT_ID', 'the account was not verified by micro-deposits in time')
}

/** Cents as the API writes amounts: a JSON number of major units. */
const major = (cents: number | null): number | null => (cents === null ? null : cents / 100)

export function accountView(account: LinkedAccount): object {
  return {
    account_id: account.account_id,
    balances: {
      available: major(account.available_cents),
      current: major(account.current_cents),
      limit: null,
      iso_currency_code: account.currency,
      unofficial_currency_code: null,
    },
    mask: account.mask,
    name: account.name,
    official_name: account.official_name,
    type: 'depository',
    subtype: account.subtype,
    holder_category: account.holder_category,
    ...(account.verification === 'instant' ? {} : { verification_status: account.verification }),
  }
}

function ownersOf({ names, emails, phones, addresses }: Holder): object[] {
  if (names.length === 0) return []
  return [
    {
      names,
      emails: emails.map((data) => ({ data, primary: true, type: 'primary' })),
      phone_numbers: phones.map((data) => ({ data, primary: true, type: 'mobile' })),
      addresses: addresses.map((data) => ({ data, primary: true })),
    },
  ]
}

function matchView({ holder }: LinkedAccount, known: Known): object {
  const streets = holder.addresses.map(({ street }) => street)
  return {
    legal_name: {
      score: nameScore(known.legal_name, holder.names),
      is_first_name_or_last_name_match: null,
      is_nickname_match: null,
      is_business_name_detected: known.legal_name ? isBusinessName(known.legal_name) : null,
    },
    phone_number: { score: exactScore(known.phone_number, holder.phones) },
    email_address: { score: exactScore(known.email_address, holder.emails) },
    address: { score: exactScore(known.address?.street, streets), is_postal_code_match: null },
  }
}

export const ACCOUNT_OPERATIONS: readonly PlaidOperation[] = [
  // What the provider remembers; it is told also while the login is broken.
  plaidOperation<AccountsQuery>('/accounts/get', (sandbox, query) => {
    const item = itemOf(sandbox, query.access_token)
    return { accounts: accountsOf(item, query).map(accountView), item: itemView(item) }
  }),
  plaidOperation<AccountsQuery>('/accounts/balance/get', (sandbox, query) => {
    const item = workingItemOf(sandbox, query.access_token)
    return { accounts: accountsOf(item, query).map(accountView), item: itemView(item) }
  }),
  plaidOperation<AccountsQuery>('/auth/get', (sandbox, query) => {
    const item = workingItemOf(sandbox, query.access_token)
    const accounts = accountsOf(item, query)
    for (const account of accounts) requireVerified(account)
    const ach = accounts.map(({ account_id, numbers }) => ({ account_id, ...numbers }))
    return {
      accounts: accounts.map(accountView),
      numbers: { ach, eft: [], international: [], bacs: [] },
      item: itemView(item),
    }
  }),
  plaidOperation<AccountsQuery>('/identity/get', (sandbox, query) => {
    const item = workingItemOf(sandbox, query.access_token)
    const accounts = accountsOf(item, query)
    return {
      accounts: accounts.map((one) => ({ ...accountView(one), owners: ownersOf(one.holder) })),
      item: itemView(item),
    }
  }),
  plaidOperation<AccountsQuery & { user?: Known }>('/identity/match', (sandbox, query) => {
    const item = workingItemOf(sandbox, query.access_token)
    const accounts = accountsOf(item, query)
    return {
      accounts: accounts.map((one) => ({ ...accountView(one), ...matchView(one, query.user ?? {}) })),
      item: itemView(item),
    }
  }),
]
