import { findCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { isPositive, type Money, money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { spreadLumpSum, type TypedCart } from '#app/payments/cart/cart.ts'
import { amountSentence } from '#app/payments/cart/parse-cart.ts'
import { type CartFacts, settlingMinor } from '#app/payments/cart/plan-cart.ts'

export type SpreadTyped =
  | { readonly ok: true; readonly typed: TypedCart; readonly rest: Money }
  | { readonly ok: false; readonly sentence: string }

/**
 * The typed cart with its lump sum spread over all its rows, oldest due first: each gets what settles it today, after its credit
 * and discount. Rows that get something, or that credit settles, are ticked; what is left over goes on the account where the
 * supplier takes that. Shown to the buyer before anything is paid, and editable.
 */
export function spreadTyped(typed: TypedCart, facts: CartFacts | null): SpreadTyped {
  const currency = findCurrency(typed.currency)
  if (currency === null) return { ok: false, sentence: 'The currency of this form is not known.' }
  const lumpSum = parseAmount(typed.lumpSum, currency)
  if (!lumpSum.ok)
    return {
      ok: false,
      sentence:
        lumpSum.problem === 'EMPTY'
          ? 'Enter the sum to spread.'
          : amountSentence(lumpSum.problem, typed.lumpSum),
    }
  if (!isPositive(lumpSum.amount)) return { ok: false, sentence: 'Enter a sum above zero.' }
  const invoices = [...(facts?.invoices.values() ?? [])]
  const { parts, rest } = spreadLumpSum(
    lumpSum.amount,
    invoices.map((each) => ({ invoiceId: each.invoiceId, payable: money(settlingMinor(each), currency) })),
  )
  const covered = new Set(
    invoices
      .filter((each) => settlingMinor(each) === 0n && each.creditMinor > 0n)
      .map(({ invoiceId }) => invoiceId),
  )
  const paid = parts.filter((part) => isPositive(part.amount) || covered.has(part.invoiceId))
  const isKept = isPositive(rest) && facts?.policy.allowOverpayment === true
  return {
    ok: true,
    rest,
    typed: {
      ...typed,
      invoiceIds: paid.map((part) => part.invoiceId).toSorted(),
      amounts: {
        ...Object.fromEntries(parts.map((part) => [part.invoiceId, ''])),
        ...Object.fromEntries(paid.map((part) => [part.invoiceId, toDecimal(part.amount)])),
      },
      onAccount: isKept ? toDecimal(rest) : '',
    },
  }
}
