/**
 * What follows a debit that failed or came back. Two further tries at most. A soft decline is tried again after 1, 3 and 5 days
 * by attempt; a bank debit that the account could not cover (R01, R09) after three banking days. Declines that will not change
 * and returns that forbid another debit end it at once: the order is paused, and the payer is asked to pay on the card page.
 */
import { addBankingDays } from '#app/payments/bank-days.ts'
import { returnRule } from '#app/payments/returns/return-codes.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

export const MAX_ATTEMPTS = 3
const SOFT_DECLINE_DAYS = [1, 3, 5] as const
const BANK_RETRY_BANKING_DAYS = 3

/** Why an order is paused. The last two come with returns after the money had arrived. */
export type PauseReason =
  | 'by_buyer'
  | 'retries_used_up'
  | 'declined_for_good'
  | 'needs_confirmation'
  | 'bank_refused'
  | 'method_gone'
  | 'second_return'
  | 'forbidden_return'

export type Failure = {
  readonly kind: 'card' | 'us_bank_account' | 'link'
  readonly attemptNo: number
  readonly failedOn: BusinessDate
  /** The processor's code: of the decline, or of the failed bank debit. */
  readonly code: string | null
  /** The network's own, such as R01. */
  readonly networkCode: string | null
  readonly advice: 'try_again_later' | 'confirm_card_data' | 'do_not_try_again' | null
}

export type AfterFailure =
  | { readonly next: 'retry'; readonly on: BusinessDate }
  | { readonly next: 'pause'; readonly reason: PauseReason }

/** Declines of a card that another try does not change. */
const HARD_DECLINES: ReadonlySet<string> = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'do_not_try_again',
  'expired_card',
  'incorrect_number',
  'invalid_account',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'stop_payment_order',
  'transaction_not_allowed',
  'amount_too_small',
  'amount_too_large',
])
/** The bank wants its customer to confirm, which nobody is there to do. */
const NEEDS_CONFIRMATION: ReadonlySet<string> = new Set([
  'authentication_required',
  'payment_intent_authentication_failure',
])
/** Failures before the debit reached the bank: they say nothing about the account. */
const NOT_THE_BANKS: ReadonlySet<string> = new Set(['never_reached', 'processing_error', 'api_error'])

/** What follows this failure. */
export function afterFailure(failure: Failure): AfterFailure {
  const stop = stopReason(failure)
  if (stop !== null) return { next: 'pause', reason: stop }
  if (failure.attemptNo >= MAX_ATTEMPTS) return { next: 'pause', reason: 'retries_used_up' }
  return { next: 'retry', on: retryDay(failure) }
}

function stopReason({ kind, code, networkCode, advice }: Failure): PauseReason | null {
  if (advice === 'do_not_try_again' || advice === 'confirm_card_data') return 'declined_for_good'
  if (code !== null && NEEDS_CONFIRMATION.has(code)) return 'needs_confirmation'
  if (code !== null && HARD_DECLINES.has(code)) return 'declined_for_good'
  if (kind !== 'us_bank_account') return null
  const mayReturn = isUncovered(code, networkCode) || (code !== null && NOT_THE_BANKS.has(code))
  return mayReturn ? null : 'bank_refused'
}

/** Returns for want of funds are the only ones after which a debit may be presented again. */
function isUncovered(code: string | null, networkCode: string | null): boolean {
  return returnRule(networkCode ?? code).retry === 'allowed'
}

function retryDay({ kind, code, networkCode, attemptNo, failedOn }: Failure): BusinessDate {
  if (kind === 'us_bank_account' && isUncovered(code, networkCode))
    return addBankingDays(failedOn, BANK_RETRY_BANKING_DAYS)
  return addDays(failedOn, SOFT_DECLINE_DAYS[attemptNo - 1] ?? SOFT_DECLINE_DAYS[2])
}
