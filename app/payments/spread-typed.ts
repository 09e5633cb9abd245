import { decodeId } from '#app/books/ids.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { isPositive, type Money, money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { spreadLumpSum, type TypedCart } from '#app/payments/cart.ts'
import { amountSentence } from '#app/payments/parse-cart.ts'

/** An invoice as a list gives it, oldest due first. */
type Payable = {
  readonly id: string
  readonly currency: string
  readonly payable: { readonly minor: string }
}

export type SpreadTyped =
  | { readonly ok: true; readonly typed: TypedCart; readonly rest: Money }
  | { readonly ok: false; readonly sentence: string }

/**
 * The typed cart with its lump sum spread over all its rows in the order given; rows that get something are ticked.
 * Shown to the buyer before anything is paid, and editable.
 */
export function spreadTyped(typed: TypedCart, rows: readonly Payable[]): SpreadTyped {
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
  const payables = rows
    .filter((row) => row.currency === currency)
    .flatMap((row) => {
      const invoiceId = decodeId('inv', row.id)
      return invoiceId === null ? [] : [{ invoiceId, payable: money(BigInt(row.payable.minor), currency) }]
    })
  const { parts, rest } = spreadLumpSum(lumpSum.amount, payables)
  const paid = parts.filter((part) => isPositive(part.amount))
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
    },
  }
}
