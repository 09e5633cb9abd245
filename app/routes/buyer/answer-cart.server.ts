import { asId, encodeId, newId } from '#app/books/ids.ts'
import type { Refusal } from '#app/books/refusals.ts'
import { type CartAnswer, type CartProblemView, paymentHref } from '#app/components/cart-view.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { formatMoney } from '#app/money/format.ts'
import { isPositive, sum } from '#app/money/money.ts'
import { amountField, type Cart, type CartProblem, type TypedCart } from '#app/payments/cart.ts'
import { problemOf } from '#app/payments/refusal-words.ts'
import { spreadTyped } from '#app/payments/spread-typed.ts'

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
  return problems.map(({ sentence, invoiceId }) => ({
    field: invoiceId && amountField(invoiceId),
    message: sentence,
    paymentHref: inTheWay,
  }))
}

/** What to say when the sum on the button was not the sum of the boxes; null when they agree. */
export function changedTotal(cart: Cart, shownTotal: string, locale: string): string | null {
  const total = sum(
    cart.items.map((item) => item.amount),
    cart.currency,
  )
  if (total.minor.toString() === shownTotal) return null
  return `The total is now ${formatMoney(total, locale)}. Nothing was charged. Check it, then pay.`
}

/** The answer with one lump sum spread over the rows of the form, oldest due first. */
export function spreadAnswer(typed: TypedCart, rows: readonly InvoiceRow[], locale: string): CartAnswer {
  const spread = spreadTyped(typed, rows)
  if (!spread.ok) return cartAnswer(typed, { lumpSumError: spread.sentence })
  const notice = isPositive(spread.rest)
    ? `This pays everything here; ${formatMoney(spread.rest, locale)} of the sum is left over and not charged.`
    : 'The sum is spread over the oldest due dates first. Check it, then pay.'
  return cartAnswer(spread.typed, { notice })
}

/** The answer to a cart that the books or the card service refused, with a way to the payment that stands against it. */
export function refusedCart(typed: TypedCart, refusal: Refusal, base: string, locale: string): CartAnswer {
  const { paymentId, code } = refusal
  const isAgainst = code === 'AMOUNT_HELD' || code === 'PAYMENT_SUBMITTED_DIFFERENTLY'
  const inTheWay =
    isAgainst && typeof paymentId === 'string' ? paymentHref(base, asId<'pay'>(paymentId)) : null
  const problems = problemViews([problemOf(refusal, locale, typed.currency)], inTheWay)
  const isUsedUp = code === 'PAYMENT_SUBMITTED_DIFFERENTLY'
  // That form has made its payment: what is shown now is another one.
  return cartAnswer(isUsedUp ? { ...typed, paymentId: encodeId('pay', newId<'pay'>()) } : typed, { problems })
}
