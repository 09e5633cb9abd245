import { z } from 'zod'
import { decodeId, type InvoiceId } from '#app/books/ids.ts'
import { REFUSALS, type RefusalCode } from '#app/books/refusals.ts'
import { type CurrencyCode, findCurrency } from '#app/money/currencies.ts'
import { isNegative, isPositive, isZero, type Money } from '#app/money/money.ts'
import { type AmountProblem, parseAmount } from '#app/money/parse.ts'
import {
  amountField,
  CART_FIELDS,
  type Cart,
  type CartItem,
  type CartProblem,
  invoiceOfField,
  MAX_CART_ITEMS,
  reasonField,
  seenField,
  type TypedCart,
} from '#app/payments/cart/cart.ts'
import { creditIn } from '#app/payments/cart/plan-cart.ts'
import { findShortReason } from '#app/payments/cart/short-pay.ts'

export type ParsedCart =
  | { readonly ok: true; readonly cart: Cart; readonly typed: TypedCart }
  | { readonly ok: false; readonly problems: readonly CartProblem[]; readonly typed: TypedCart }

/** A field of text; a file sent in its place does not parse. */
const text = z.string().max(200).catch('')
const form = z.object({
  paymentId: text,
  currency: text,
  lumpSum: text,
  onAccount: text,
  invoices: z.array(z.string().max(60)).max(1_000).catch([]),
})

/**
 * Reads the cart form. Every problem is named at once, what was typed comes back for the page, and nothing of a form that
 * does not read whole is used. Ids of another kind or shape are answered like invoices that do not exist.
 */
export function parseCart(data: FormData): ParsedCart {
  const fields = form.parse({
    paymentId: data.get(CART_FIELDS.paymentId),
    currency: data.get(CART_FIELDS.currency),
    lumpSum: data.get(CART_FIELDS.lumpSum) ?? '',
    onAccount: data.get(CART_FIELDS.onAccount) ?? '',
    invoices: data.getAll(CART_FIELDS.invoice),
  })
  const decoded = [...new Set(fields.invoices)].map((each) => decodeId('inv', each))
  const invoiceIds = decoded.filter((id) => id !== null).toSorted()
  const rowIds = [...new Set([...invoiceIds, ...rowsOf(data)])].slice(0, MAX_ROWS)
  const typed = {
    paymentId: fields.paymentId,
    currency: fields.currency,
    invoiceIds,
    rowIds,
    amounts: Object.fromEntries(rowIds.map((id) => [id, textOf(data, amountField(id))])),
    reasons: Object.fromEntries(rowIds.map((id) => [id, textOf(data, reasonField(id))])),
    lumpSum: fields.lumpSum,
    onAccount: fields.onAccount,
  }

  const paymentId = decodeId('pay', fields.paymentId)
  const currency = findCurrency(fields.currency)
  const isWithout = fields.onAccount.trim() !== ''
  const whole = wholeProblem(decoded, isWithout, paymentId === null || currency === null)
  if (whole !== null || paymentId === null || currency === null)
    return { ok: false, problems: [problem(whole ?? 'CART_EMPTY', null)], typed }

  const read = invoiceIds.map((id) => readItem(data, id, typed.amounts[id] ?? '', currency))
  const onAccount = readOnAccount(fields.onAccount, currency)
  const problems = [...read, ...(onAccount === null ? [] : [onAccount])].filter((each) => 'code' in each)
  if (problems.length > 0) return { ok: false, problems, typed }
  const items = read.filter((each) => 'amount' in each)
  const kept = onAccount !== null && 'minor' in onAccount && isPositive(onAccount) ? { onAccount } : {}
  return { ok: true, cart: { paymentId, currency, items, rowIds, ...kept }, typed }
}

/** More rows than a page of a cart ever has. */
const MAX_ROWS = 1_000

function rowsOf(data: FormData): InvoiceId[] {
  return [...data.keys()].flatMap((name) => invoiceOfField(name) ?? [])
}

function wholeProblem(
  decoded: readonly (InvoiceId | null)[],
  hasOther: boolean,
  isBroken: boolean,
): RefusalCode | null {
  if (decoded.length === 0 && !hasOther) return 'CART_EMPTY'
  if (decoded.length > MAX_CART_ITEMS) return 'CART_TOO_LARGE'
  if (decoded.includes(null)) return 'INVOICE_NOT_FOUND'
  return isBroken ? 'FORM_NOT_READABLE' : null
}

function textOf(data: FormData, field: string): string {
  return text.parse(data.get(field) ?? '')
}

function readItem(
  data: FormData,
  invoiceId: InvoiceId,
  typed: string,
  currency: CurrencyCode,
): CartItem | CartProblem {
  const read = parseAmount(typed, currency)
  if (!read.ok)
    return { ...problem('AMOUNT_NOT_READABLE', invoiceId), sentence: amountSentence(read.problem, typed) }
  const shortReason = findShortReason(textOf(data, reasonField(invoiceId)))
  const seen = textOf(data, seenField(invoiceId))
  // Nothing is left to pay where credit covers it all.
  const isCovered = isZero(read.amount) && creditIn(seen) > 0n
  if (!isPositive(read.amount) && !isCovered) return problem('AMOUNT_NOT_POSITIVE', invoiceId)
  return {
    invoiceId,
    amount: read.amount satisfies Money,
    ...(shortReason === null ? {} : { shortReason }),
    ...(seen === '' ? {} : { seen }),
  }
}

/** What is meant for the account: null when its box is empty or not there. */
function readOnAccount(typed: string, currency: CurrencyCode): Money | CartProblem | null {
  if (typed.trim() === '') return null
  const read = parseAmount(typed, currency)
  if (!read.ok)
    return {
      ...problem('AMOUNT_NOT_READABLE', null),
      sentence: amountSentence(read.problem, typed),
      box: 'on-account',
    }
  if (isNegative(read.amount)) return { ...problem('AMOUNT_NOT_POSITIVE', null), box: 'on-account' }
  return read.amount
}

/** What is wrong with an amount as typed, in a sentence for the person who typed it. */
export function amountSentence(found: AmountProblem, typed: string): string {
  switch (found) {
    case 'EMPTY':
      return 'Enter the amount to pay on this invoice, or untick it.'
    case 'NOT_A_NUMBER':
      return `“${typed}” is not an amount. Enter an amount such as 1240.50.`
    case 'TOO_MANY_DECIMALS':
      return `“${typed}” has more decimals than the currency. Enter an amount such as 1240.50.`
    case 'TOO_LARGE':
      return `“${typed}” is more than can be paid at once.`
  }
}

function problem(code: RefusalCode, invoiceId: InvoiceId | null): CartProblem {
  return { code, sentence: REFUSALS[code].sentence, invoiceId }
}
