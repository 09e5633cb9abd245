/** What people are told of autopay: the state of an order, of a debit, and why, in words. */
import type { PauseReason } from '#app/payments/autopay/after-failure.ts'
import { failureSentence } from '#app/payments/failure-words.ts'

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
  declined_for_good: 'The card cannot be charged any more. Set autopay up again with another card.',
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

/** Why a debit stands where it does; null when there is nothing to explain. */
export function runReasonSentence(
  state: RunState,
  reason: string | null,
  isBankAccount: boolean,
): string | null {
  switch (state) {
    case 'success':
    case 'in_progress':
      return null
    case 'noticed':
      return (reason && WAITING[reason]) ?? null
    case 'skipped':
      return (reason && SKIPPED[reason]) ?? 'It was not made.'
    case 'error':
      return (reason && FAILED[reason]) ?? failureSentence(reason, isBankAccount)
  }
}
