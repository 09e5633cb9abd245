import { asId, encodeId, type InvoiceId, newId } from '#app/books/ids.ts'
import type { Refusal } from '#app/books/refusals.ts'
import { type CartAnswer, type CartProblemView, paymentHref } from '#app/components/cart/cart-view.ts'
import { formatMoney, toDecimal } from '#app/money/format.ts'
import { isPositive, money, sum } from '#app/money/money.ts'
import {
  amountField,
  CART_FIELDS,
  type Cart,
  type CartProblem,
  reasonField,
  type TypedCart,
} from '#app/payments/cart/cart.ts'
import { type CartFacts, seenFigures } from '#app/payments/cart/plan-cart.ts'
import { spreadTyped } from '#app/payments/cart/spread-typed.ts'
import { problemOf } from '#app/payments/refusal-words.ts'

/** A sent cart put back on the page: everything that was typed, and what is to be said about it. */
export function cartAnswer(
  typed: TypedCart,
  { problems = [], ...said }: Partial<Pick<CartAnswer, 'notice' | 'lumpSumError' | 'problems'>> = {},
): CartAnswer {
  return {
    currency: typed.currency,
    paymentId: typed.paymentId,
    ticked: typed.invoiceIds.map((id) => encodeId('inv', id)),
    amounts: Object.fromEntries(typed.rowIds.map((id) => [amountField(id), typed.amounts[id] ?? ''])),
    reasons: Object.fromEntries(typed.rowIds.map((id) => [reasonField(id), typed.reasons[id] ?? ''])),
    onAccount: typed.onAccount,
    lumpSum: typed.lumpSum,
    lumpSumError: null,
    notice: null,
    problems,
    ...said,
  }
}

/** Problems of the form, each at the box that it is about. */
export function problemViews(
  problems: readonly CartProblem[],
  inTheWay: string | null = null,
): CartProblemView[] {
  return problems.map(({ sentence, invoiceId, box }) => ({
    field: boxOf(invoiceId, box),
    message: sentence,
    paymentHref: inTheWay,
  }))
}

function boxOf(invoiceId: InvoiceId | null, box: CartProblem['box']): string | null {
  if (box === 'on-account') return CART_FIELDS.onAccount
  return invoiceId && (box === 'reason' ? reasonField(invoiceId) : amountField(invoiceId))
}

/** What to say when the sum on the button was not the sum of the boxes; null when they agree. */
export function changedTotal(cart: Cart, shownTotal: string, locale: string): string | null {
  const kept = cart.onAccount === undefined ? [] : [cart.onAccount]
  const total = sum([...cart.items.map((item) => item.amount), ...kept], cart.currency)
  if (total.minor.toString() === shownTotal) return null
  return `The total is now ${formatMoney(total, locale)}. Nothing was charged. Check it, then pay.`
}

/** The answer with one lump sum spread over the rows of the form, oldest due first, and what exceeds them kept on the account. */
export function spreadAnswer(typed: TypedCart, facts: CartFacts | null, locale: string): CartAnswer {
  const spread = spreadTyped(typed, facts)
  if (!spread.ok) return cartAnswer(typed, { lumpSumError: spread.sentence })
  const rest = formatMoney(spread.rest, locale)
  const notice = isPositive(spread.rest)
    ? facts?.policy.allowOverpayment
      ? `This pays everything here. The other ${rest} would be kept as credit on your account: change or empty that amount below. Check it, then pay.`
      : `This pays everything here; ${rest} of the sum is left over and not charged.`
    : 'The sum is spread over the oldest due dates first. Check it, then pay.'
  return cartAnswer(spread.typed, { notice })
}

/**
 * The answer to amounts that are more than everything open on their invoice, where the supplier takes that: the invoice gets what
 * is due, the rest goes on the account, and the buyer sees it before anything is paid. Null when there are none. What another
 * payment or a dispute holds is no overpayment, and what has changed since the page was made is said as such.
 */
export function excessAnswer(
  typed: TypedCart,
  cart: Cart,
  { policy, invoices }: CartFacts,
  locale: string,
): CartAnswer | null {
  if (!policy.allowOverpayment) return null
  const over = cart.items.flatMap(({ invoiceId, amount, seen }) => {
    const invoice = invoices.get(invoiceId)
    if (invoice === undefined || (seen !== undefined && seen !== seenFigures(invoice))) return []
    const { openMinor, payableMinor, creditMinor } = invoice
    const left = payableMinor - creditMinor
    if (payableMinor < openMinor || left <= 0n || amount.minor <= left) return []
    return [{ invoice, left, excess: amount.minor - left }]
  })
  if (over.length === 0) return null
  const excess = over.reduce((all, each) => all + each.excess, cart.onAccount?.minor ?? 0n)
  const inBox = (minor: bigint): string => toDecimal(money(minor, cart.currency))
  const names = over.map(({ invoice }) => invoice.number).join(', ')
  const moved = {
    ...typed,
    amounts: {
      ...typed.amounts,
      ...Object.fromEntries(over.map(({ invoice, left }) => [invoice.invoiceId, inBox(left)])),
    },
    onAccount: inBox(excess),
  }
  const words = formatMoney(money(excess, cart.currency), locale)
  return cartAnswer(moved, {
    notice: `You entered more than is due on ${names}. ${words} would be kept as credit on your account: change or empty that amount below. Nothing was charged. Check it, then pay.`,
  })
}

/** The answer to a cart that the books or the card service refused, with a way to the payment that stands against it. */
export function refusedCart(
  typed: TypedCart,
  refusal: Refusal,
  base: string | null,
  locale: string,
): CartAnswer {
  const { paymentId, code } = refusal
  const isAgainst = code === 'AMOUNT_HELD' || code === 'PAYMENT_SUBMITTED_DIFFERENTLY'
  const inTheWay =
    isAgainst && base !== null && typeof paymentId === 'string'
      ? paymentHref(base, asId<'pay'>(paymentId))
      : null
  const all = [refusal, ...(isRefusalList(refusal.also) ? refusal.also : [])]
  const problems = problemViews(
    all.map((each) => problemOf(each, locale, typed.currency)),
    inTheWay,
  )
  const isUsedUp = code === 'PAYMENT_SUBMITTED_DIFFERENTLY'
  // That form has made its payment: what is shown now is another one.
  return cartAnswer(isUsedUp ? { ...typed, paymentId: encodeId('pay', newId<'pay'>()) } : typed, { problems })
}

function isRefusalList(also: unknown): also is Refusal[] {
  return Array.isArray(also)
}
