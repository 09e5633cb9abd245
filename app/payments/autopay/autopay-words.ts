/** What people are told of autopay: the state of an order, of a debit, and why, in words. */
import { formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type { PauseReason } from '#app/payments/autopay/after-failure.ts'
import type { AutopayRunRecord } from '#app/payments/autopay/autopay-record.ts'
import { failureSentence } from '#app/payments/failure-words.ts'
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'

export type AutopayState = 'active' | 'paused' | 'ended'
export type RunState = 'noticed' | 'skipped' | 'in_progress' | 'success' | 'error'

export const RUN_STATE_WORDS: Readonly<Record<RunState, string>> = {
  noticed: 'Eligible',
  skipped: 'Skipped',
  in_progress: 'In progress',
  success: 'Success',
  error: 'Error',
}

const PAUSED: Readonly<Record<PauseReason, string>> = {
  by_buyer: 'Your people paused it.',
  retries_used_up: 'A debit failed three times.',
  declined_for_good: 'Another try would fail as well. Set autopay up again with another card or account.',
  needs_confirmation: 'Your bank wants you to confirm the payment yourself, which autopay cannot do.',
  bank_refused:
    'Your bank turned a debit down and allows no other. Set autopay up again with another account.',
  method_gone:
    'The card or account that it pays by cannot be used any more. Set autopay up again with another.',
  second_return: 'Your bank returned two debits. Set autopay up again with another way to pay, or ask us.',
  forbidden_return:
    'Your bank returned a debit and allows no other. Set autopay up again with another way to pay.',
}

/** Why an order is paused, and what to do. */
export function pauseSentence(reason: string | null): string {
  const isKnown = reason !== null && Object.hasOwn(PAUSED, reason)
  return isKnown ? PAUSED[reason as PauseReason] : 'It was paused. Ask us why.'
}

const SKIPPED: Readonly<Record<string, string>> = {
  by_buyer: 'Your people skipped it. Its invoices are left for you to pay.',
  canceled: 'Its payment was cancelled. Its invoices are left for you to pay.',
  settled_elsewhere: 'The invoices were settled another way meanwhile.',
  credit_gone: 'The credit that was to cover it was used otherwise. A debit will be announced.',
  on_hold: 'What is open on the invoices is in dispute or in escrow.',
  date_changed: 'The due date was moved. The debit will be announced again.',
  too_late: 'It could not begin within three days of its day. It will be announced again.',
  autopay_paused: 'Autopay was paused on its day.',
  autopay_ended: 'Autopay was ended or changed.',
  not_payable: 'The invoices could not be paid this way.',
  over_limit: 'The invoices are above your limit per debit. They are left for you to pay.',
}

const WAITING: Readonly<Record<string, string>> = {
  balance_too_low: 'The bank says that the account does not hold enough. It is tried again the next day.',
  held_elsewhere: 'Another payment of this money is under way. It is looked at again the next day.',
  amount_changed: 'What is payable changed at that moment. It is looked at again.',
  provider_unavailable: 'The card service did not answer. Nothing was charged; it is tried again.',
}

const FAILED: Readonly<Record<string, string>> = {
  method_gone: 'The card or account cannot be used any more.',
  returned: 'Your bank took the debit back after it had arrived.',
  charged_back: 'The payment was charged back.',
}

/** What makes a debit less than its invoices: credit and discount, before it and after; null when nothing does. */
export function lessSentence(
  { state, credit, discount }: Pick<AutopayRunRecord, 'state' | 'credit' | 'discount'>,
  locale: string,
): string | null {
  const [isUsed, isSaved] =
    state === 'noticed' ? ['is', 'is'] : state === 'in_progress' ? ['was', 'is'] : ['was', 'was']
  const parts = [
    isPositive(credit) ? `${formatMoney(credit, locale)} of your credit ${isUsed} used first` : null,
    isPositive(discount) ? `${formatMoney(discount, locale)} ${isSaved} saved by paying early` : null,
  ].filter((each) => each !== null)
  return parts.length === 0 ? null : `${parts.join(', and ')}.`
}

/** Why a run succeeded without a debit: credit covered all of it, or all that is left of the credit that was to cover it was used. */
export const COVERED_BY_CREDIT = 'covered_by_credit'
export const CREDIT_USED_UP = 'credit_used_up'

const WITHOUT_DEBIT: Readonly<Record<string, string>> = {
  [COVERED_BY_CREDIT]: 'Your credit covered all of it. Nothing was debited.',
  [CREDIT_USED_UP]: 'Your credit paid a part. Nothing was debited; a debit of the rest will be announced.',
}

/** Whether a run with this reason was done without a debit. */
export function isWithoutDebit(reason: string | null): boolean {
  return reason !== null && Object.hasOwn(WITHOUT_DEBIT, reason)
}

/** Why a debit stands where it does; null when there is nothing to explain. */
export function runReasonSentence(
  state: RunState,
  reason: string | null,
  kind: SavedMethodKind,
): string | null {
  switch (state) {
    case 'success':
      return (reason && WITHOUT_DEBIT[reason]) ?? null
    case 'in_progress':
      return null
    case 'noticed':
      return (reason && WAITING[reason]) ?? null
    case 'skipped':
      return (reason && SKIPPED[reason]) ?? 'It was not made.'
    case 'error':
      return (reason && FAILED[reason]) || failureSentence(reason, kind)
  }
}
