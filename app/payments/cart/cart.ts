/**
 * The cart: which invoices a buyer pays now, and how much of each. Its payment id is minted when the form is shown, so a
 * form that is sent twice is one payment. Amounts stay as typed until every one of them can be read.
 */
import type { InvoiceId, PaymentId } from '#app/books/ids.ts'
import { decodeId, encodeId } from '#app/books/ids.ts'
import type { RefusalCode } from '#app/books/refusals.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { isPositive, type Money, smaller, subtract, zero } from '#app/money/money.ts'
import type { ShortReason } from '#app/payments/cart/short-pay.ts'

/** Names of the form's fields. `invoice` repeats, once per ticked invoice. */
export const CART_FIELDS = {
  paymentId: 'payment',
  currency: 'currency',
  invoice: 'invoice',
  lumpSum: 'lump-sum',
  onAccount: 'on-account',
  intent: 'intent',
} as const

/** Value of the intent field that only spreads a lump sum and pays nothing. */
export const SPREAD_INTENT = 'spread'
/** Value of the intent field that pays. */
export const PAY_INTENT = 'pay'

/** One card payment covers so many invoices: the provider's limit of lines. */
export const MAX_CART_ITEMS = 100

/** Name of the field that holds the amount typed for one invoice. */
export function amountField(invoiceId: InvoiceId): string {
  return `amount-${encodeId('inv', invoiceId)}`
}

/** Name of the field that says why less is paid on one invoice. */
export function reasonField(invoiceId: InvoiceId): string {
  return `reason-${encodeId('inv', invoiceId)}`
}

/** Name of the hidden field with the figures of one invoice that the payer was shown. */
export function seenField(invoiceId: InvoiceId): string {
  return `seen-${encodeId('inv', invoiceId)}`
}

/** The invoice whose amount a field of this name holds, or null for another field. */
export function invoiceOfField(name: string): InvoiceId | null {
  return name.startsWith('amount-') ? decodeId('inv', name.slice('amount-'.length)) : null
}

export type CartItem = {
  readonly invoiceId: InvoiceId
  readonly amount: Money
  /** Why less than the rest is paid. */
  readonly shortReason?: ShortReason
  /** The figures that the payer was shown; compared with those of the moment where they are given. */
  readonly seen?: string
}

/** What a buyer confirmed: readable and complete, not yet checked against the books. */
export type Cart = {
  readonly paymentId: PaymentId
  readonly currency: CurrencyCode
  /** In id order, each invoice once. */
  readonly items: readonly CartItem[]
  /** Meant for no invoice: kept as credit on the account. */
  readonly onAccount?: Money
  /** Every invoice that the form shows, ticked or not: what credits are spread over. Those of the items when left out. */
  readonly rowIds?: readonly InvoiceId[]
}

/** One reason why a cart cannot be paid; with the invoice when it is about one. */
export type CartProblem = {
  readonly code: RefusalCode
  readonly sentence: string
  readonly invoiceId: InvoiceId | null
  /** Which box it is about, where that is not the amount. */
  readonly box?: 'reason' | 'on-account'
}

/** What was typed, to be shown again. */
export type TypedCart = {
  readonly paymentId: string
  readonly currency: string
  /** Ticked, in id order. */
  readonly invoiceIds: readonly InvoiceId[]
  /** All rows of the form, ticked or not. */
  readonly rowIds: readonly InvoiceId[]
  readonly amounts: Readonly<Record<string, string>>
  /** Reasons for paying less, as chosen. */
  readonly reasons: Readonly<Record<string, string>>
  readonly onAccount: string
  readonly lumpSum: string
}

/**
 * Spreads a lump sum over invoices in the order given (oldest due first): each gets as much as is payable until nothing is
 * left. `rest` is what exceeds them all together; nothing is rounded, the parts and the rest add up to the sum.
 */
export function spreadLumpSum(
  lumpSum: Money,
  payables: readonly { readonly invoiceId: InvoiceId; readonly payable: Money }[],
): { readonly parts: readonly CartItem[]; readonly rest: Money } {
  let rest = lumpSum
  const parts = payables.map(({ invoiceId, payable }) => {
    const amount = isPositive(payable) && isPositive(rest) ? smaller(rest, payable) : zero(lumpSum.currency)
    rest = subtract(rest, amount)
    return { invoiceId, amount }
  })
  return { parts, rest }
}
