import { randomUUID } from 'node:crypto'
import { randomText } from '#scripts/sandbox/ids.ts'
import { badInput, troubleBody, troubled } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import type { Institution } from '#scripts/sandbox/plaid/institutions.ts'
import { findInstitution } from '#scripts/sandbox/plaid/institutions.ts'
import type { BankAccount, LinkedAccount, PlaidItem } from '#scripts/sandbox/plaid/records.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'

const PUBLIC_TOKEN_LIFE_SECONDS = 30 * 60
/** How long micro-deposits take to arrive, as in the provider's own sandbox. */
const MICRO_DEPOSIT_SECONDS = 24 * 60 * 60
const PRODUCTS = ['auth', 'balance', 'identity', 'signal']

type NewItem = {
  institution: Institution
  products: string[]
  webhook: string | null
  accounts: LinkedAccount[]
  unshared: LinkedAccount[]
}

/** What a login holds, each account under an id that stays. */
export function withIds(institution: Institution, accounts: readonly BankAccount[]): LinkedAccount[] {
  return accounts.map((account) => ({
    ...account,
    account_id: randomText(37),
    verification: institution.needsMicroDeposits ? 'pending_automatic_verification' : 'instant',
  }))
}

/** Links a login, in the caller's transaction; its public token can then be exchanged. */
export function createItem(sandbox: Sandbox, { institution, ...rest }: NewItem): PlaidItem {
  const item = sandbox.store.insert<'plaid.item'>({
    ...rest,
    id: randomText(37),
    object: 'plaid.item',
    created: sandbox.clock.now(),
    state: 'unexchanged',
    public_token: `public-sandbox-${randomUUID()}`,
    access_token: `access-sandbox-${randomUUID()}`,
    institution_id: institution.id,
    trouble: null,
    ends_at: null,
  })
  if (institution.needsMicroDeposits)
    schedule(sandbox, item.created + MICRO_DEPOSIT_SECONDS, 'plaid.verify', item.id)
  return item
}

/** The item that an access token opens. @throws PlaidRefusal when it opens none */
export function itemOf(sandbox: Sandbox, accessToken: string): PlaidItem {
  if (!/^access-sandbox-[0-9a-f-]{36}$/.test(accessToken))
    throw badInput(
      'INVALID_ACCESS_TOKEN',
      'provided access token is in an invalid format. expected format: access-<environment>-<identifier>',
    )
  const found = findItem(sandbox, 'access_token', accessToken)
  if (found?.state !== 'linked')
    throw badInput('INVALID_ACCESS_TOKEN', 'could not find matching access token')
  return found
}

/** The same, for what a bank answers only to a login that works. @throws PlaidRefusal when it does not */
export function workingItemOf(sandbox: Sandbox, accessToken: string): PlaidItem {
  const item = itemOf(sandbox, accessToken)
  if (item.trouble !== null) throw troubled(item.trouble)
  return item
}

function findItem(sandbox: Sandbox, field: 'access_token' | 'public_token', value: string): PlaidItem | null {
  const sql = `SELECT body FROM object WHERE kind = 'plaid.item' AND json_extract(body, '$.${field}') = ?`
  const row = sandbox.store.row(sql, value)
  return row ? (JSON.parse(String(row.body)) as PlaidItem) : null
}

/** The item as the API shows it inside its answers. */
export function itemView(item: PlaidItem): object {
  return {
    item_id: item.id,
    institution_id: item.institution_id,
    institution_name: findInstitution(item.institution_id)?.name ?? null,
    webhook: item.webhook,
    error: item.trouble === null ? null : troubleBody(item.trouble),
    available_products: PRODUCTS.filter((product) => !item.products.includes(product)),
    billed_products: item.products,
    products: item.products,
    consent_expiration_time: item.ends_at === null ? null : isoTime(item.ends_at),
    update_type: 'background',
  }
}

/** A second of the sandbox's clock as the API writes it. */
export function isoTime(second: number): string {
  return new Date(second * 1000).toISOString()
}

export const ITEM_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<{ public_token: string }>('/item/public_token/exchange', (sandbox, { public_token }) => {
    const item = findItem(sandbox, 'public_token', public_token)
    const isFresh = item !== null && sandbox.clock.now() < item.created + PUBLIC_TOKEN_LIFE_SECONDS
    if (!isFresh || item.state !== 'unexchanged')
      throw badInput(
        'INVALID_PUBLIC_TOKEN',
        'could not find matching public token, or it was used or has expired',
      )
    sandbox.store.update({ ...item, state: 'linked' })
    return { access_token: item.access_token, item_id: item.id }
  }),
  plaidOperation<{ access_token: string }>('/item/get', (sandbox, { access_token }) => {
    const item = itemOf(sandbox, access_token)
    return { item: { ...itemView(item), created_at: isoTime(item.created) }, status: null }
  }),
  plaidOperation<{ access_token: string }>('/item/remove', (sandbox, { access_token }) => {
    sandbox.store.update({ ...itemOf(sandbox, access_token), state: 'removed' })
    return {}
  }),
]
