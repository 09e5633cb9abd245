import { formatMoney } from '#app/money/format.ts'
import { type Money, money } from '#app/money/money.ts'
import type { Surcharge } from '#app/payments/fees/surcharge.ts'

/** What a payer is told about a card fee before it is confirmed: the fee, what is charged with it, and how to pay without one. */
export type SurchargeView = {
  /** Null when no fee is taken. */
  readonly fee: { readonly amount: string; readonly rate: string; readonly total: string } | null
  /** Shown beside the fee: the way that costs nothing more. */
  readonly alternative: string | null
}

/** The words for an amount paid by a saved card. */
export function surchargeView(surcharge: Surcharge, amount: Money, locale: string): SurchargeView {
  if (!surcharge.taken) return { fee: null, alternative: null }
  const { surchargeMinor, rateBps } = surcharge
  const inWords = (minor: bigint): string => formatMoney(money(minor, amount.currency), locale)
  return {
    fee: {
      amount: inWords(surchargeMinor),
      rate: `${rateBps / 100}\u00a0%`,
      total: inWords(amount.minor + surchargeMinor),
    },
    alternative: `Pay ${inWords(amount.minor)} without this fee from a bank account or with a debit card.`,
  }
}
