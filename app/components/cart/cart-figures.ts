/** The figures under a cart while it is typed in: the same sums on the server, which makes the page, and in the browser. */
import { parseCurrency } from '#app/money/currencies.ts'
import { parseAmount } from '#app/money/parse.ts'
import { type DiscountOffer, earnedDiscount } from '#app/payments/cart/discount.ts'
import type { CartRow, CartView, OfferView } from './cart-view.ts'

/** What stands in one row of the form. */
export type TypedRow = { ticked: boolean; typed: string }

/** Minor units as decimal text, so that they travel as plain JSON. */
export type CartFigures = {
  totalMinor: string
  savingMinor: string
  creditMinor: string
  onAccountMinor: string
  /** Names of the amount boxes that hold less than is due, beyond the tolerance. */
  short: readonly string[]
}

/** Adds up a cart. Rows that are not ticked, and amounts that cannot be read, count for nothing. */
export function cartFigures(
  cart: Pick<CartView, 'rows' | 'currency' | 'toleranceMinor'>,
  typedRows: readonly TypedRow[],
  onAccount: string,
): CartFigures {
  const rows = cart.rows.map((row, index) =>
    rowFigures(row, typedRows[index] ?? { ticked: false, typed: '' }, cart.currency),
  )
  const sum = (part: (row: RowFigures) => bigint): bigint => rows.reduce((all, row) => all + part(row), 0n)
  const onAccountMinor = readMinor(onAccount, cart.currency)
  return {
    totalMinor: (sum((row) => row.amountMinor) + onAccountMinor).toString(),
    savingMinor: sum((row) => row.savingMinor).toString(),
    creditMinor: sum((row) => row.creditMinor).toString(),
    onAccountMinor: onAccountMinor.toString(),
    short: cart.rows.flatMap(({ field }, index) =>
      (rows[index]?.restMinor ?? 0n) > BigInt(cart.toleranceMinor) ? [field] : [],
    ),
  }
}

type RowFigures = { amountMinor: bigint; savingMinor: bigint; creditMinor: bigint; restMinor: bigint }

const NOTHING: RowFigures = { amountMinor: 0n, savingMinor: 0n, creditMinor: 0n, restMinor: 0n }

function rowFigures(row: CartRow, { ticked, typed }: TypedRow, currency: string): RowFigures {
  if (!ticked) return NOTHING
  const amountMinor = readMinor(typed, currency)
  const savingMinor = row.offer === null ? 0n : earnedDiscount(offerOf(row.offer), amountMinor)
  const isTyped = amountMinor > 0n || typed.trim() === '0'
  const restMinor = isTyped ? BigInt(row.leftMinor) - amountMinor - savingMinor : 0n
  return { amountMinor, savingMinor, creditMinor: BigInt(row.creditMinor), restMinor }
}

/** The amount in minor units; nothing when it cannot be read or is below zero. */
function readMinor(typed: string, currency: string): bigint {
  const parsed = parseAmount(typed, parseCurrency(currency))
  return parsed.ok && parsed.amount.minor > 0n ? parsed.amount.minor : 0n
}

function offerOf(view: OfferView): Parameters<typeof earnedDiscount>[0] {
  return {
    ...view.terms,
    payableMinor: BigInt(view.payableMinor),
    savingMinor: BigInt(view.savingMinor),
    onTotalMinor: BigInt(view.onTotalMinor),
    totalMinor: BigInt(view.totalMinor),
  } satisfies DiscountOffer
}
