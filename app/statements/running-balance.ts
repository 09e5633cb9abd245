/** One entry of an account in minor units: above zero is owed more, below zero is owed less. */
export type AccountEntry = { readonly amountMinor: bigint }

/** An entry with its side and the balance after it. Exactly one of debit and credit is not null. */
export type RunningEntry<Entry> = Entry & {
  readonly debitMinor: bigint | null
  readonly creditMinor: bigint | null
  readonly balanceMinor: bigint
}

export type RunningStatement<Entry> = {
  readonly openingMinor: bigint
  readonly closingMinor: bigint
  readonly debitMinor: bigint
  readonly creditMinor: bigint
  readonly entries: readonly RunningEntry<Entry>[]
}

/**
 * Carries the balance from entry to entry. `closingMinor` is what the books say, found without the entries:
 * throws when opening + Σ entries is anything else, so that no statement is ever shown that does not add up.
 */
export function runBalance<Entry extends AccountEntry>(
  openingMinor: bigint,
  entries: readonly Entry[],
  closingMinor: bigint,
): RunningStatement<Entry> {
  let balanceMinor = openingMinor
  let debitMinor = 0n
  let creditMinor = 0n
  const running = entries.map((entry) => {
    const isDebit = entry.amountMinor > 0n
    balanceMinor += entry.amountMinor
    if (isDebit) debitMinor += entry.amountMinor
    else creditMinor -= entry.amountMinor
    return {
      ...entry,
      debitMinor: isDebit ? entry.amountMinor : null,
      creditMinor: isDebit ? null : -entry.amountMinor,
      balanceMinor,
    }
  })
  if (balanceMinor !== closingMinor)
    throw new Error(
      `The statement does not add up: ${openingMinor} and its rows make ${balanceMinor}, the books say ${closingMinor}`,
    )
  return { openingMinor, closingMinor, debitMinor, creditMinor, entries: running }
}
