import { decodeId, encodeId, type PaymentId } from '#app/books/ids.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { amountField } from '#app/payments/cart.ts'
import type { CartRow, CartView } from './cart-form.tsx'

/** What the server says to a cart that was sent and is shown again: what was typed, and what is wrong with it. */
export type CartAnswer = {
  currency: string
  paymentId: string
  ticked: readonly string[]
  /** Amounts as typed, by the name of their box. */
  amounts: Readonly<Record<string, string>>
  lumpSum: string
  lumpSumError: string | null
  /** A sentence above the form that is no error: the sum changed, the sum was spread. */
  notice: string | null
  problems: readonly CartProblemView[]
}

/** One thing that is wrong, with the box that it is about and the payment that stands in the way, if any. */
export type CartProblemView = { field: string | null; message: string; paymentHref: string | null }

/** The address of a payment's page. */
export function paymentHref(base: string, paymentId: PaymentId): string {
  return `${base}/payments/${encodeId('pay', paymentId)}`
}

/** Carts of payable invoices, one per currency, everything ticked with its whole payable amount. */
export function cartViews(
  rows: readonly InvoiceRow[],
  { base, mintPaymentId }: { base: string; mintPaymentId: () => string },
): CartView[] {
  const payable = rows.filter((row) => row.payable.minor !== '0')
  return [...Map.groupBy(payable, (row) => row.currency)].map(([currency, ofCurrency]) => ({
    paymentId: mintPaymentId(),
    currency,
    rows: ofCurrency.map((row) => cartRow(row, base)),
    shownTotalMinor: ofCurrency.reduce((sum, row) => sum + BigInt(row.payable.minor), 0n).toString(),
    lumpSum: '',
    lumpSumError: null,
  }))
}

function cartRow(row: InvoiceRow, base: string): CartRow {
  const id = decodeId('inv', row.id)
  if (id === null) throw new Error(`Not an invoice id: ${row.id}`)
  return {
    invoiceId: row.id,
    field: amountField(id),
    number: row.number,
    href: `${base}/invoices/${row.id}`,
    dueOn: row.dueOn.text,
    dueWords: row.dueInWords,
    late: row.daysLate > 0,
    payable: row.payable.text,
    typed: toDecimal(money(BigInt(row.payable.minor), parseCurrency(row.currency))),
    ticked: true,
    error: null,
  }
}

/** The cart with what was typed put back and its problems at their boxes. Carts of another currency stay as they are. */
export function answeredCart(cart: CartView, answer: CartAnswer | undefined): CartView {
  if (answer === undefined || answer.currency !== cart.currency) return cart
  const rows = cart.rows.map((row) => ({
    ...row,
    ticked: answer.ticked.includes(row.invoiceId),
    typed: answer.amounts[row.field] ?? row.typed,
    error: answer.problems.find(({ field }) => field === row.field)?.message ?? null,
  }))
  return {
    ...cart,
    paymentId: answer.paymentId,
    rows,
    shownTotalMinor: sumOfRows(rows, cart.currency).toString(),
    lumpSum: answer.lumpSum,
    lumpSumError: answer.lumpSumError,
  }
}

/** The sum of the ticked rows whose amounts can be read, in minor units. */
export function sumOfRows(rows: readonly Pick<CartRow, 'ticked' | 'typed'>[], currency: string): bigint {
  const code = parseCurrency(currency)
  return rows.reduce((sum, { ticked, typed }) => {
    const parsed = ticked ? parseAmount(typed, code) : null
    return parsed?.ok && parsed.amount.minor > 0n ? sum + parsed.amount.minor : sum
  }, 0n)
}
