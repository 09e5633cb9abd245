import { formatAmount, formatMoney } from '#app/money/format.ts'
import type { Money } from '#app/money/money.ts'

/** An amount as screens and JSON carry it: exact minor units, and the words for the eye and for a screen reader. */
export type AmountView = {
  /** Minor units as a decimal string: plain JSON cannot carry a bigint. */
  readonly minor: string
  readonly currency: string
  /** Without the currency, for columns that name it once: 1,240.50. */
  readonly text: string
  /** With the currency: $1,240.50. */
  readonly spoken: string
}

/** The amount in the words of the locale. */
export function amountView(amount: Money, locale = 'en-US'): AmountView {
  return {
    minor: amount.minor.toString(),
    currency: amount.currency,
    text: formatAmount(amount, locale),
    spoken: formatMoney(amount, locale),
  }
}
