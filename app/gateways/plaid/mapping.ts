/** Plaid's words to ours. */
import type {
  AccountAnswer,
  IdentityAnswer,
  ItemAnswer,
  LinkSessionAnswer,
  SharedAccountAnswer,
  SignalAnswer,
  WebhookBody,
} from '#app/gateways/plaid/answers.ts'
import type {
  BalanceReading,
  BankAccount,
  BankLinkEvent,
  BankLinkEventKind,
  IdentityMatch,
  ItemReading,
  LinkReading,
  SignalReading,
} from '#app/gateways/plaid/port.ts'
import { type CurrencyCode, currencyExponent, findCurrency } from '#app/money/currencies.ts'

/**
 * What all visits to one hosted page come to: a success counts whatever came before or after it, then a visit that is
 * still going on, then the last one that was left.
 */
export function linkReading(sessions: readonly LinkSessionAnswer[]): LinkReading {
  const finished = sessions.findLast(isFinished)
  if (finished !== undefined) return finishedReading(finished)
  const last = sessions.at(-1)
  if (last === undefined || !isLeft(last)) return { state: 'open' }
  const error = last.exit?.error ?? last.on_exit?.error
  return { state: 'exited', errorCode: error?.error_code ?? null }
}

function isFinished({ results, on_success: success }: LinkSessionAnswer): boolean {
  return (results?.item_add_results.length ?? 0) > 0 || (success !== null && success !== undefined)
}

function isLeft({ exit, on_exit: onExit, finished_at: finishedAt }: LinkSessionAnswer): boolean {
  return [exit, onExit, finishedAt].some((each) => each !== null && each !== undefined)
}

function finishedReading({ results, on_success: success }: LinkSessionAnswer): LinkReading {
  const added = results?.item_add_results[0]
  const told = added ?? success?.metadata
  const { institution_id: id, name } = told?.institution ?? {}
  return {
    state: 'finished',
    publicToken: added?.public_token ?? null,
    institution: id === undefined ? null : { id, name: name ?? id },
    accounts: (told?.accounts ?? []).map(sharedAccount),
  }
}

function sharedAccount({ id, ...account }: SharedAccountAnswer): BankAccount {
  return bankAccount({ account_id: id, ...account })
}

export function bankAccount(
  answer: Pick<AccountAnswer, 'account_id' | 'name' | 'mask' | 'subtype' | 'verification_status'>,
): BankAccount {
  const { subtype } = answer
  return {
    accountId: answer.account_id,
    name: answer.name,
    mask: answer.mask ?? null,
    kind: subtype === 'checking' || subtype === 'savings' ? subtype : 'other',
    verification: verificationOf(answer.verification_status ?? null),
  }
}

/** An account without a status needed no proof. A status that we do not know is not taken for one. */
function verificationOf(status: string | null): BankAccount['verification'] {
  switch (status) {
    case null:
    case 'automatically_verified':
    case 'manually_verified':
    case 'database_matched':
    case 'database_insights_pass':
      return 'ready'
    case 'verification_expired':
    case 'verification_failed':
    case 'database_insights_pass_with_caution':
    case 'database_insights_fail':
      return 'failed'
    default:
      return 'pending'
  }
}

/** Errors after which the access token is worth nothing any more. */
const GONE = new Set(['INVALID_ACCESS_TOKEN', 'ITEM_NOT_FOUND', 'USER_PERMISSION_REVOKED'])

export const isGone = (errorCode: string | null): boolean => errorCode !== null && GONE.has(errorCode)

/** An error of the bank itself passes by; one of the login needs the customer. */
export function itemReading({ item: { error } }: ItemAnswer): ItemReading {
  if (error === null || error === undefined) return { status: 'good', errorCode: null }
  const { error_code: errorCode, error_type: type } = error
  if (isGone(errorCode)) return { status: 'gone', errorCode }
  return { status: type === 'ITEM_ERROR' ? 'needs_reauth' : 'good', errorCode }
}

export function identityMatch(answer: IdentityAnswer): IdentityMatch {
  return {
    accountId: answer.account_id,
    nameScore: answer.legal_name.score ?? null,
    emailScore: answer.email_address.score ?? null,
    isBusinessName: answer.legal_name.is_business_name_detected ?? null,
  }
}

export function balanceReading({ balances }: Pick<AccountAnswer, 'balances'>): BalanceReading {
  const currency = findCurrency(balances.iso_currency_code ?? '')
  if (currency === null) return { state: 'unavailable', code: 'UNKNOWN_CURRENCY' }
  const minor = (amount: number | null | undefined): bigint | null =>
    amount === null || amount === undefined ? null : toMinor(amount, currency)
  try {
    const [availableMinor, currentMinor] = [minor(balances.available), minor(balances.current)]
    return { state: 'known', availableMinor, currentMinor, currency }
  } catch (error) {
    if (error instanceof RangeError) return { state: 'unavailable', code: 'UNREADABLE_AMOUNT' }
    throw error
  }
}

/**
 * An amount of JSON in minor units, digit by digit: a number prints as the shortest text that means it, which is what the
 * bank wrote. Parts of a minor unit are dropped downwards, so that nothing is counted that is not there.
 * Throws RangeError for numbers that print with an exponent.
 */
export function toMinor(amount: number, currency: CurrencyCode): bigint {
  const [text, sign, whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? []
  if (text === undefined) throw new RangeError('The amount is too large or too small')
  const exponent = currencyExponent(currency)
  const magnitude = BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'))
  if (sign === '') return magnitude
  return decimals.length > exponent ? -magnitude - 1n : -magnitude
}

export function signalReading({ scores, ruleset }: SignalAnswer): SignalReading {
  return {
    advice: adviceOf(ruleset?.result),
    bankReturnRisk: scores?.bank_initiated_return_risk?.score ?? null,
    customerReturnRisk: scores?.customer_initiated_return_risk?.score ?? null,
  }
}

function adviceOf(result: string | undefined): SignalReading['advice'] {
  switch (result) {
    case 'ACCEPT':
      return 'accept'
    case 'REVIEW':
      return 'review'
    case 'REROUTE':
      return 'reroute'
    default:
      return null
  }
}

export function bankLinkEvent(body: WebhookBody, eventId: string, payload: string): BankLinkEvent {
  const type = `${body.webhook_type}/${body.webhook_code}`
  return {
    eventId,
    kind: EVENT_KINDS[type] ?? 'other',
    type,
    linkToken: body.link_token ?? null,
    itemId: body.item_id ?? null,
    accountId: body.account_id ?? null,
    endsAt: body.disconnect_time ?? body.consent_expiration_time ?? null,
    payload,
  }
}

const EVENT_KINDS: Readonly<Record<string, BankLinkEventKind>> = {
  'LINK/SESSION_FINISHED': 'link_finished',
  'ITEM/ERROR': 'item_broken',
  'ITEM/LOGIN_REPAIRED': 'item_repaired',
  'ITEM/PENDING_DISCONNECT': 'item_ending',
  'ITEM/PENDING_EXPIRATION': 'item_ending',
  'ITEM/USER_PERMISSION_REVOKED': 'item_revoked',
  'ITEM/USER_ACCOUNT_REVOKED': 'account_revoked',
  'ITEM/NEW_ACCOUNTS_AVAILABLE': 'new_accounts',
  'AUTH/AUTOMATICALLY_VERIFIED': 'account_verified',
  'AUTH/VERIFICATION_EXPIRED': 'account_unverified',
}
