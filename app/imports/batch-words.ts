/** What a batch does, in words for screens and the command line. */
import type { ControlTotals, Sums } from '#app/imports/control-totals.ts'
import type { Effect } from '#app/imports/plan-invoice.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatAmount } from '#app/money/format.ts'

export const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  new: 'New invoices',
  unchanged: 'Unchanged, nothing happens',
  document: 'Changed text or purchase order, a new version of the document',
  correction: 'Changed amounts or dates, reversed and issued again',
  history: 'Settlements or disputes added to booked invoices',
  bad: 'Cannot be booked',
}

/** A count as people of the locale write it. */
export function formatCount(count: number, locale = 'en-US'): string {
  return new Intl.NumberFormat(locale).format(count)
}

/** A number of rows of a file, in words: 1 row, 2,466 rows. */
export function rowWords(count: number, locale = 'en-US'): string {
  return `${formatCount(count, locale)} ${count === 1 ? 'row' : 'rows'}`
}

/** One row per currency: currency, how many, amount. */
export function sumRows(sums: Sums, locale = 'en-US'): { currency: string; count: string; amount: string }[] {
  return Object.entries(sums).map(([currency, { count, totalMinor }]) => ({
    currency,
    count: formatCount(count, locale),
    amount: formatAmount({ minor: BigInt(totalMinor), currency: parseCurrency(currency) }, locale),
  }))
}

/** One row per effect that occurs, in the order in which screens list them. */
export function effectRows(
  totals: ControlTotals,
  locale = 'en-US',
): { effect: Effect; words: string; count: string }[] {
  const effects = Object.keys(EFFECT_WORDS) as Effect[]
  return effects.flatMap((effect) => {
    const count = totals.effects[effect] ?? 0
    return count === 0 ? [] : [{ effect, words: EFFECT_WORDS[effect], count: formatCount(count, locale) }]
  })
}
