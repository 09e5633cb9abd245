/**
 * What the books say about invoices that are to be paid, and what a payer sees of it: which credit is applied first, and which
 * discount a payment earns. The same for a cart, for a pay link and for autopay.
 */
import type { InvoiceId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { type DiscountOffer, type DiscountTerm, discountOffer } from '#app/payments/cart/discount.ts'
import type { CartFacts, CartInvoice, CartPolicy } from '#app/payments/cart/plan-cart.ts'
import { type Credit, type PlannedUse, planCredits } from '#app/payments/credits/credit-plan.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** An invoice as it stands in the books. Minor units. */
export type BookedInvoice = {
  readonly invoiceId: InvoiceId
  readonly number: string
  readonly issuedOn: BusinessDate
  readonly dueOn: BusinessDate
  readonly totalMinor: bigint
  readonly taxMinor: bigint
  readonly openMinor: bigint
  /** Open less what is spoken for. */
  readonly payableMinor: bigint
  /** The terms of its early-payment discount; null where it has none. */
  readonly term: DiscountTerm | null
}

export type CartBooks = {
  readonly currency: CurrencyCode
  readonly policy: CartPolicy
  /** Oldest due first. */
  readonly invoices: readonly BookedInvoice[]
  /** Credit that is applied first; none where the supplier does not do so. */
  readonly credits: readonly Credit[]
}

/** The days that decide about a discount: on which a payment begins, and on which it is taken to arrive. */
export type PayDays = { readonly begins: BusinessDate; readonly arrives: BusinessDate }

/** The facts of a cart over all of these invoices. */
export function cartFacts(books: CartBooks, days: PayDays, mayDispute: boolean): CartFacts {
  return { policy: books.policy, invoices: cartInvoices(books, days), mayDispute }
}

/** Each of these invoices as a payer sees it: credit goes to the oldest due first, discounts are on what is left. */
export function cartInvoices(
  { currency, invoices, credits }: Omit<CartBooks, 'policy'>,
  days: PayDays,
): ReadonlyMap<InvoiceId, CartInvoice> {
  const uses = planCredits(
    credits,
    invoices.map(({ invoiceId, dueOn, payableMinor }) => ({
      ...{ invoiceId, dueOn },
      upTo: money(payableMinor, currency),
    })),
  )
  return new Map(
    invoices.map((invoice) => {
      const own = uses.filter((use) => use.invoiceId === invoice.invoiceId)
      return [invoice.invoiceId, cartInvoice(invoice, own, days)]
    }),
  )
}

function cartInvoice(invoice: BookedInvoice, credits: readonly PlannedUse[], days: PayDays): CartInvoice {
  const { invoiceId, number, openMinor, payableMinor } = invoice
  const creditMinor = credits.reduce((sum, { amount }) => sum + amount.minor, 0n)
  const offer = offerAfter(invoice, creditMinor, days)
  return { invoiceId, number, openMinor, payableMinor, credits, creditMinor, offer }
}

/** The discount on what is left of an invoice after so much credit, for a payment of these days. */
export function offerAfter(
  { term, issuedOn, totalMinor, taxMinor, openMinor, payableMinor }: BookedInvoice,
  creditMinor: bigint,
  { begins, arrives }: PayDays,
): DiscountOffer | null {
  if (term === null) return null
  const left = { openMinor: openMinor - creditMinor, payableMinor: payableMinor - creditMinor }
  const day = term.basis === 'settled' ? arrives : begins
  return discountOffer(term, { issuedOn, totalMinor, taxMinor, ...left }, day)
}
