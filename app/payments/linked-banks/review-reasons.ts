/**
 * What about a bank account is worth a person's look, by rules that anybody can read: many accounts in one day, another account
 * than the one that was used before, and a large first debit. A reason holds nothing up; it opens a case. Only what no honest
 * customer does is refused outright.
 */
export type LinkHistory = {
  /** Accounts that this customer has tried to add within a day, this one among them. */
  readonly addedToday: number
  /** Whether the customer has paid from another bank account before. */
  readonly hasPaidFromAnother: boolean
}

export type ReviewReason = 'many_accounts' | 'changed_account' | 'large_first_debit'

const MANY_ACCOUNTS = 3
const MOST_ACCOUNTS = 10
/** First debits above it are looked at: ten thousand dollars. */
const LARGE_FIRST_DEBIT_MINOR = 1_000_000n

/** Whether one more account may be linked today. */
export function mayLinkAnother(startedToday: number): boolean {
  return startedToday < MOST_ACCOUNTS
}

/** What is unusual about adding this account. */
export function reasonsOfLink({ addedToday, hasPaidFromAnother }: LinkHistory): readonly ReviewReason[] {
  return [
    ...(addedToday > MANY_ACCOUNTS ? (['many_accounts'] as const) : []),
    ...(hasPaidFromAnother ? (['changed_account'] as const) : []),
  ]
}

/** What is unusual about a debit of this account. */
export function reasonsOfDebit(debit: {
  readonly isFirst: boolean
  readonly amountMinor: bigint
}): readonly ReviewReason[] {
  return debit.isFirst && debit.amountMinor > LARGE_FIRST_DEBIT_MINOR ? ['large_first_debit'] : []
}
