import { decodeId, encodeId, type InvoiceId, type PaymentId } from '#app/books/ids.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatAmount, toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { amountField, CART_FIELDS, reasonField, seenField } from '#app/payments/cart/cart.ts'
import type { DiscountOffer } from '#app/payments/cart/discount.ts'
import { type CartFacts, type CartInvoice, seenFigures, settlingMinor } from '#app/payments/cart/plan-cart.ts'
import { DISAGREE, SHORT_REASONS } from '#app/payments/cart/short-pay.ts'
import type { PlannedUse } from '#app/payments/credits/credit-plan.ts'
import { creditKey } from '#app/payments/credits/parse-credit-form.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** An early-payment discount as a row shows it, with the figures by which it follows the amount. Minor units as decimal text. */
export type OfferView = {
  until: string
  /** "if it arrives by" or "if you pay by", as the terms say. */
  condition: string
  saving: string
  terms: Pick<DiscountOffer, 'until' | 'basis' | 'onPartials'>
  payableMinor: string
  savingMinor: string
  onTotalMinor: string
  totalMinor: string
}

/** One invoice in the cart. `typed` is the amount as it stands in the box; `error` what is wrong with it. */
export type CartRow = {
  invoiceId: string
  /** Name and id of the amount's box. */
  field: string
  number: string
  /** Null where who pays sees no page of the invoice. */
  href: string | null
  dueOn: string
  dueWords: string | null
  late: boolean
  payable: string
  /** What is left to pay after the credits, minor units. */
  leftMinor: string
  creditMinor: string
  /** Credits that are applied first: "Credit CM-7" and its amount. */
  credits: readonly { key: string; name: string; amount: string }[]
  offer: OfferView | null
  /** Hidden field with the figures that this row shows, and its value. */
  seenField: string
  seen: string
  reasonField: string
  reason: string
  reasonError: string | null
  typed: string
  ticked: boolean
  error: string | null
}

/** A cart of one currency. */
export type CartView = {
  /** Minted when the form is made: the same form sent twice is one payment. */
  paymentId: string
  currency: string
  rows: readonly CartRow[]
  toleranceMinor: string
  /** What may be said about the rest, and whether something must be. */
  reasons: readonly (readonly [string, string])[]
  needsReason: boolean
  /** What is meant for the account, as typed; null while its box is not needed. */
  onAccount: string | null
  onAccountError: string | null
  lumpSum: string
  lumpSumError: string | null
}

/** What the server says to a cart that was sent and is shown again: what was typed, and what is wrong with it. */
export type CartAnswer = {
  currency: string
  paymentId: string
  ticked: readonly string[]
  /** Amounts as typed, by the name of their box. */
  amounts: Readonly<Record<string, string>>
  /** Reasons as chosen, by the name of their box. */
  reasons: Readonly<Record<string, string>>
  onAccount: string
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

type CartWords = {
  /** Where the invoices have their pages; null where there are none. */
  base: string | null
  locale: string
  mintPaymentId: () => string
}

/** Carts of payable invoices, one per currency, everything ticked with what it takes to settle it today. */
export function cartViews(
  rows: readonly InvoiceRow[],
  facts: ReadonlyMap<string, CartFacts>,
  words: CartWords,
): CartView[] {
  const payable = rows.filter((row) => row.payable.minor !== '0')
  return [...Map.groupBy(payable, (row) => row.currency)].flatMap(([currency, ofCurrency]) => {
    const known = facts.get(currency)
    if (known === undefined) return []
    return [cartOf(currency, ofCurrency, known, words)]
  })
}

function cartOf(
  currency: string,
  rows: readonly InvoiceRow[],
  { policy, invoices, mayDispute }: CartFacts,
  words: CartWords,
): CartView {
  return {
    paymentId: words.mintPaymentId(),
    currency,
    rows: rows.flatMap((row) => {
      const invoice = invoices.get(invoiceIdOf(row))
      return invoice === undefined ? [] : [cartRow(row, invoice, words)]
    }),
    toleranceMinor: policy.toleranceMinor.toString(),
    reasons: SHORT_REASONS.filter(({ code }) => mayDispute || code !== DISAGREE).map(
      (each) => [each.code, each.words] as const,
    ),
    needsReason: policy.shortNeedsReason,
    onAccount: null,
    onAccountError: null,
    lumpSum: '',
    lumpSumError: null,
  }
}

function invoiceIdOf(row: InvoiceRow): InvoiceId {
  const id = decodeId('inv', row.id)
  if (id === null) throw new Error(`Not an invoice id: ${row.id}`)
  return id
}

function cartRow(row: InvoiceRow, invoice: CartInvoice, { base, locale }: CartWords): CartRow {
  const { invoiceId, creditMinor, credits, offer, payableMinor } = invoice
  const currency = parseCurrency(row.currency)
  const inWords = (minor: bigint): string => formatAmount(money(minor, currency), locale)
  const leftMinor = payableMinor - creditMinor
  return {
    invoiceId: row.id,
    field: amountField(invoiceId),
    number: row.number,
    href: base && `${base}/invoices/${row.id}`,
    dueOn: row.dueOn.text,
    dueWords: row.dueInWords,
    late: row.daysLate > 0,
    payable: inWords(payableMinor),
    leftMinor: leftMinor.toString(),
    creditMinor: creditMinor.toString(),
    credits:
      base === null ? wholeCredit(creditMinor, inWords) : credits.map((use) => creditLine(use, inWords)),
    offer: offer && offerView(offer, locale, inWords),
    seenField: seenField(invoiceId),
    seen: seenFigures(invoice),
    reasonField: reasonField(invoiceId),
    reason: '',
    reasonError: null,
    typed: toDecimal(money(settlingMinor(invoice), currency)),
    ticked: true,
    error: null,
  }
}

type CreditLine = CartRow['credits'][number]

function creditLine({ source, number, amount }: PlannedUse, inWords: (minor: bigint) => string): CreditLine {
  const name = 'paymentId' in source ? `Credit from payment ${number}` : `Credit ${number}`
  return { key: creditKey(source), name, amount: inWords(amount.minor) }
}

/** Who sees no page of the customer learns how much credit is applied here, and nothing else of it. */
function wholeCredit(creditMinor: bigint, inWords: (minor: bigint) => string): CreditLine[] {
  return creditMinor === 0n ? [] : [{ key: 'credit', name: 'Credit', amount: inWords(creditMinor) }]
}

function offerView(offer: DiscountOffer, locale: string, inWords: (minor: bigint) => string): OfferView {
  const { until, basis, onPartials } = offer
  return {
    until: formatBusinessDate(until, locale),
    condition: basis === 'settled' ? 'if it arrives by' : 'if you pay by',
    saving: inWords(offer.savingMinor),
    terms: { until, basis, onPartials },
    payableMinor: offer.payableMinor.toString(),
    savingMinor: offer.savingMinor.toString(),
    onTotalMinor: offer.onTotalMinor.toString(),
    totalMinor: offer.totalMinor.toString(),
  }
}

/** The cart with what was typed put back and its problems at their boxes. Carts of another currency stay as they are. */
export function answeredCart(cart: CartView, answer: CartAnswer | undefined): CartView {
  if (answer === undefined || answer.currency !== cart.currency) return cart
  const errorAt = (field: string): string | null =>
    answer.problems.find((problem) => problem.field === field)?.message ?? null
  return {
    ...cart,
    paymentId: answer.paymentId,
    rows: cart.rows.map((row) => ({
      ...row,
      ticked: answer.ticked.includes(row.invoiceId),
      typed: answer.amounts[row.field] ?? row.typed,
      error: errorAt(row.field),
      reason: answer.reasons[row.reasonField] ?? '',
      reasonError: errorAt(row.reasonField),
    })),
    onAccount: answer.onAccount === '' ? cart.onAccount : answer.onAccount,
    onAccountError: errorAt(CART_FIELDS.onAccount),
    lumpSum: answer.lumpSum,
    lumpSumError: answer.lumpSumError,
  }
}
