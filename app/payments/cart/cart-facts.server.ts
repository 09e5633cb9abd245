import { asId, type CustomerId, type InvoiceId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { type BookedInvoice, type CartBooks, cartFacts } from '#app/payments/cart/cart-books.ts'
import { type DiscountTerm, termFor } from '#app/payments/cart/discount.ts'
import type { CartFacts } from '#app/payments/cart/plan-cart.ts'
import { readCredits } from '#app/payments/credits/credits.server.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Invoice } from '#app/platform/generated/client.ts'
import { type BusinessDate, fromDatabaseDate } from '#app/platform/time.ts'

export type CartQuestion = {
  readonly customerId: CustomerId
  readonly currency: CurrencyCode
  /** Every invoice of the form; those of others or in another currency are left out. */
  readonly invoiceIds: readonly InvoiceId[]
  readonly mayDispute: boolean
}

/** What the books and the supplier's rules say about a cart that is paid on this day. */
export async function readCartFacts(
  question: CartQuestion,
  today: BusinessDate,
  client: Tx = db,
): Promise<CartFacts> {
  const books = await readCartBooks(question, client)
  return cartFacts(books, { begins: today, arrives: today }, question.mayDispute)
}

/** What the books and the supplier's rules hold about these invoices, oldest due first. */
export async function readCartBooks(
  { customerId, currency, invoiceIds }: Omit<CartQuestion, 'mayDispute'>,
  client: Tx = db,
): Promise<CartBooks> {
  const policy = await readPaymentPolicy(currency, client)
  const invoices = await client.invoice.findMany({
    where: { customerId, currency, id: { in: [...invoiceIds] } },
    orderBy: [{ dueOn: 'asc' }, { id: 'asc' }],
  })
  const terms = await readDiscountTerms(customerId, client)
  const isCreditFirst = policy.creditsFirst && !policy.creditsNeedApproval
  return {
    ...{ currency, policy },
    invoices: invoices.map((invoice) => bookedInvoice(invoice, terms)),
    credits: isCreditFirst ? await readCredits(customerId, currency, client) : [],
  }
}

/** Fees earn no discount: it is given for paying goods early. */
function bookedInvoice(invoice: Invoice, terms: readonly DiscountTerm[]): BookedInvoice {
  const { number, totalMinor, taxMinor, openMinor, heldMinor } = invoice
  const issuedOn = fromDatabaseDate(invoice.issuedOn)
  return {
    invoiceId: asId<'inv'>(invoice.id),
    ...{ number, issuedOn, totalMinor, taxMinor, openMinor },
    dueOn: fromDatabaseDate(invoice.dueOn),
    payableMinor: openMinor - heldMinor,
    term: invoice.kind === 'fee' ? null : termFor(terms, invoice.customerId, issuedOn),
  }
}

async function readDiscountTerms(customerId: CustomerId, client: Tx): Promise<DiscountTerm[]> {
  const rows = await client.discountTerm.findMany({ where: { OR: [{ customerId }, { customerId: null }] } })
  return rows.map((row) => ({
    ...row,
    validFrom: fromDatabaseDate(row.validFrom),
    validTo: row.validTo === null ? null : fromDatabaseDate(row.validTo),
  }))
}
