import { randomText } from '#scripts/sandbox/ids.ts'
import { troubleBody } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { isoTime } from '#scripts/sandbox/plaid/items.ts'
import type { LinkedAccount, PlaidItem } from '#scripts/sandbox/plaid/records.ts'
import { queueWebhook, type WebhookBody } from '#scripts/sandbox/plaid/webhooks/webhook-queue.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'

/** How long before it cuts a login off the bank says so. */
const NOTICE_SECONDS = 7 * 24 * 60 * 60

/** The bank wants the customer to sign in again. */
export function breakLogin(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const broken = save(sandbox, { ...item, trouble: 'ITEM_LOGIN_REQUIRED', ends_at: null })
  tell(sandbox, broken, 'ItemErrorWebhook', 'ERROR', { error: troubleBody('ITEM_LOGIN_REQUIRED') })
  return broken
}

/** The login works again without our doing. */
export function repairLogin(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const repaired = save(sandbox, { ...item, trouble: null, ends_at: null })
  tell(sandbox, repaired, 'ItemLoginRepairedWebhook', 'LOGIN_REPAIRED')
  return repaired
}

/** The bank will cut the login off in seven days, unless it is renewed in update mode. */
export function announceDisconnect(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const ending = planEnd(sandbox, item)
  tell(sandbox, ending, 'PendingDisconnectWebhook', 'PENDING_DISCONNECT', {
    reason: 'INSTITUTION_TOKEN_EXPIRATION',
    disconnect_time: isoTime(ending.ends_at ?? 0),
  })
  return ending
}

/** The same as European banks put it: the consent runs out. */
export function announceExpiration(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const ending = planEnd(sandbox, item)
  tell(sandbox, ending, 'PendingExpirationWebhook', 'PENDING_EXPIRATION', {
    consent_expiration_time: isoTime(ending.ends_at ?? 0),
  })
  return ending
}

/** The login has one more account, which update mode can share. */
export function announceNewAccount(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const [model] = [...item.accounts, ...item.unshared]
  if (!model) return item
  const digits = String(3_333 + item.accounts.length + item.unshared.length)
  const added: LinkedAccount = {
    ...model,
    account_id: randomText(37),
    name: 'Plaid New Checking',
    official_name: null,
    mask: digits,
    subtype: 'checking',
    numbers: { ...model.numbers, account: `111122223333${digits}` },
  }
  const grown = save(sandbox, { ...item, unshared: [...item.unshared, added] })
  tell(sandbox, grown, 'NewAccountsAvailableWebhook', 'NEW_ACCOUNTS_AVAILABLE')
  return grown
}

/** The customer withdraws the consent at the bank: for one account, or for the login as a whole. */
export function revoke(sandbox: Sandbox, item: PlaidItem, account: LinkedAccount | null): PlaidItem {
  if (account !== null) {
    const accounts = item.accounts.filter(({ account_id }) => account_id !== account.account_id)
    const smaller = save(sandbox, { ...item, accounts, unshared: [...item.unshared, account] })
    tell(sandbox, smaller, 'UserAccountRevokedWebhook', 'USER_ACCOUNT_REVOKED', {
      account_id: account.account_id,
    })
    return smaller
  }
  const revoked = save(sandbox, { ...item, trouble: 'USER_PERMISSION_REVOKED', ends_at: null })
  tell(sandbox, revoked, 'UserPermissionRevokedWebhook', 'USER_PERMISSION_REVOKED', {
    error: troubleBody('USER_PERMISSION_REVOKED'),
  })
  return revoked
}

/** Task: the announced end has come, and nobody has renewed the login. */
export function disconnectItem(sandbox: Sandbox, itemId: string): void {
  const item = sandbox.store.get('plaid.item', itemId)
  const isDue = item.ends_at !== null && item.ends_at <= sandbox.clock.now()
  if (isDue && item.state === 'linked') breakLogin(sandbox, item)
}

/** Task: the micro-deposits have arrived. */
export function verifyAccounts(sandbox: Sandbox, itemId: string): void {
  const item = sandbox.store.get('plaid.item', itemId)
  const waits = (one: LinkedAccount): boolean => one.verification === 'pending_automatic_verification'
  const verified = (one: LinkedAccount): LinkedAccount =>
    waits(one) ? { ...one, verification: 'automatically_verified' } : one
  const changed = save(sandbox, {
    ...item,
    accounts: item.accounts.map(verified),
    unshared: item.unshared.map(verified),
  })
  for (const { account_id } of item.accounts.filter(waits))
    tell(sandbox, changed, 'AutomaticallyVerifiedWebhook', 'AUTOMATICALLY_VERIFIED', {
      webhook_type: 'AUTH',
      account_id,
    })
}

/** Sends one of the provider's item webhooks as a drill: nothing happens to the item. False when it knows no such webhook. */
export function fireDrill(sandbox: Sandbox, item: PlaidItem, code: string): boolean {
  const drill = drillOf(item, code, isoTime(sandbox.clock.now() + NOTICE_SECONDS))
  if (drill !== null) tell(sandbox, item, drill.component, code, drill.details)
  return drill !== null
}

function drillOf(
  item: PlaidItem,
  code: string,
  inAWeek: string,
): { component: string; details: Record<string, unknown> } | null {
  switch (code) {
    case 'ERROR':
      return { component: 'ItemErrorWebhook', details: { error: troubleBody('ITEM_LOGIN_REQUIRED') } }
    case 'LOGIN_REPAIRED':
      return { component: 'ItemLoginRepairedWebhook', details: {} }
    case 'NEW_ACCOUNTS_AVAILABLE':
      return { component: 'NewAccountsAvailableWebhook', details: {} }
    case 'PENDING_DISCONNECT':
      return {
        component: 'PendingDisconnectWebhook',
        details: { reason: 'INSTITUTION_MIGRATION', disconnect_time: inAWeek },
      }
    case 'USER_PERMISSION_REVOKED':
      return {
        component: 'UserPermissionRevokedWebhook',
        details: { error: troubleBody('USER_PERMISSION_REVOKED') },
      }
    case 'USER_ACCOUNT_REVOKED':
      return {
        component: 'UserAccountRevokedWebhook',
        details: { account_id: item.accounts[0]?.account_id ?? '' },
      }
    case 'DEFAULT_UPDATE':
      return {
        component: 'AuthDefaultUpdateWebhook',
        details: {
          webhook_type: 'AUTH',
          account_ids_with_new_auth: [],
          account_ids_with_updated_auth: {},
          error: null,
        },
      }
    default:
      return null
  }
}

function planEnd(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  const ends_at = sandbox.clock.now() + NOTICE_SECONDS
  schedule(sandbox, ends_at, 'plaid.disconnect', item.id)
  return save(sandbox, { ...item, ends_at })
}

function save(sandbox: Sandbox, item: PlaidItem): PlaidItem {
  sandbox.store.update(item)
  return item
}

function tell(
  sandbox: Sandbox,
  item: PlaidItem,
  component: string,
  code: string,
  details: Record<string, unknown> = {},
): void {
  const body: WebhookBody = {
    webhook_type: 'ITEM',
    webhook_code: code,
    item_id: item.id,
    ...details,
    environment: 'sandbox',
  }
  queueWebhook(sandbox, item.webhook, component, body)
}
