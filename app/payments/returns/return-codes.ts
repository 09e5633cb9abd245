/**
 * Why a bank sent a debit back, and what follows. Codes are those of the ACH network (R01 …); the processor gives them as the
 * network's code or as words of its own. A retry is allowed only for want of funds, twice at most and three banking days apart at the
 * earliest; a revoked or missing leave to debit needs a new one. A code that nobody here knows is treated with care.
 */
export type ReturnEffect = 'none' | 'suspend_autopay' | 'suspend_method' | 'remove_method' | 'new_mandate'
export type RetryRule = 'allowed' | 'after_contact' | 'never'

export type ReturnRule = {
  readonly codes: readonly string[]
  /** In a few words, to follow "returned:". */
  readonly meaning: string
  readonly retry: RetryRule
  readonly effect: ReturnEffect
  /** What happens next, said to the payer. */
  readonly payer: string
  /** What happens next, said to the supplier's people. */
  readonly staff: string
}

export const RETURN_RULES = {
  insufficient_funds: {
    codes: ['R01', 'R09'],
    meaning: 'the account did not hold enough',
    retry: 'allowed',
    effect: 'none',
    payer: 'Please pay again once the account holds enough, or pay by card.',
    staff: 'It may be tried again, twice at most and after three banking days. Offer a card.',
  },
  account_closed: {
    codes: ['R02'],
    meaning: 'the account is closed',
    retry: 'never',
    effect: 'remove_method',
    payer: 'The account is no longer used for payments here. Please pay another way, or add another account.',
    staff: 'The account was taken off the customer’s ways to pay. Ask for another one.',
  },
  no_account: {
    codes: ['R03', 'R04'],
    meaning: 'the bank knows no such account',
    retry: 'never',
    effect: 'suspend_method',
    payer: 'Please link the account again, or pay another way.',
    staff: 'The account may not be debited until the customer has linked it again.',
  },
  not_authorized: {
    codes: ['R05', 'R07', 'R10', 'R11', 'R29', 'R31'],
    meaning: 'the debit was not authorised, or leave to debit was withdrawn',
    retry: 'never',
    effect: 'new_mandate',
    payer:
      'We will not debit this account again unless you agree to it anew. If your bank blocks debits, ask it to allow ours.',
    staff:
      'The mandate has ended. Talk to the customer: many banks of companies block debits until the company allows our ACH id.',
  },
  payment_stopped: {
    codes: ['R08'],
    meaning: 'the payment was stopped at the bank',
    retry: 'after_contact',
    effect: 'suspend_autopay',
    payer:
      'Automatic payments wait until you resume them. Please tell us if you do not agree with the invoice.',
    staff: 'Talk to the customer before it is tried again.',
  },
  account_restricted: {
    codes: ['R16', 'R20'],
    meaning: 'the account cannot be debited',
    retry: 'never',
    effect: 'suspend_method',
    payer: 'Please pay from another account, or by card.',
    staff: 'The account is frozen or takes no debits. Ask for another one.',
  },
  unknown: {
    codes: [],
    meaning: 'the bank could not carry it out',
    retry: 'after_contact',
    effect: 'suspend_autopay',
    payer: 'Please pay another way, or ask your bank.',
    staff: 'The bank gave no reason that we know. Talk to the customer before it is tried again.',
  },
} as const satisfies Record<string, ReturnRule>

export type ReturnName = keyof typeof RETURN_RULES

/** Words of the processor for a failed debit, and for a debit that came back after it had counted as paid. */
export const PROCESSOR_WORDS: ReadonlyMap<string, ReturnName> = new Map([
  ['insufficient_funds', 'insufficient_funds'],
  ['account_closed', 'account_closed'],
  ['no_account', 'no_account'],
  ['incorrect_account_details', 'no_account'],
  ['bank_account_unusable', 'no_account'],
  ['debit_not_authorized', 'not_authorized'],
  ['bank_account_restricted', 'account_restricted'],
])

/** The rule for a code of the network or a word of the processor. */
export function returnRule(code: string | null): ReturnRule {
  const byNetwork = Object.values(RETURN_RULES).find((rule: ReturnRule) => rule.codes.includes(code ?? ''))
  return byNetwork ?? RETURN_RULES[PROCESSOR_WORDS.get(code ?? '') ?? 'unknown']
}

/** Why autopay pauses after a return, or null while it goes on: at once where a retry is forbidden, else after the second return. */
export function pauseAfter(rule: ReturnRule, returns: number): 'forbidden_return' | 'second_return' | null {
  if (rule.retry !== 'allowed') return 'forbidden_return'
  return returns >= 2 ? 'second_return' : null
}
