import { asId, type CustomerId, type InvoiceId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { type FreeCredit, spreadCredits } from '#app/payments/cart/credit-use.ts'
import { type DiscountTerm, discountOffer, termFor } from '#app/payments/cart/discount.ts'
import type { CartFacts, CartInvoice } from '#app/payments/cart/plan-cart.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Invoice } from '#app/platform/generated/client.ts'
import { type BusinessDate, fromDatabaseDate } from '#app/platform/time.ts'

export type CartQuestion = {
  readonly customerId: CustomerId
  readonly currency: CurrencyCode
  /** Every invoice of the form; those of others or in another currency are left out. */
  readonly invoiceIds: readonly InvoiceId[]
  readonly today: BusinessDate
  readonly mayDispute: boolean
  /** Whether the customer's credit is used and shown: not to whoever merely holds a pay link. */
  readonly mayUseCredit: boolean
}

/** What the books and the supplier's rules say about a cart, oldest due first. */
export async function readCartFacts(question: CartQuestion, client: Tx = db): Promise<CartFacts> {
  const { customerId, currency, invoiceIds, mayDispute, mayUseCredit } = question
  const policy = await readPaymentPolicy(currency, client)
  const invoices = await client.invoice.findMany({
    where: { customerId, currency, id: { in: [...invoiceIds] } },
    orderBy: [{ dueOn: 'asc' }, { id: 'asc' }],
  })
  const terms = await readDiscountTerms(customerId, client)
  const isCreditFirst = mayUseCredit && policy.creditsFirst && !policy.creditsNeedApproval
  const credits = isCreditFirst ? await readFreeCredits(question, client) : []
  const uses = spreadCredits(
    credits,
    invoices.map((each) => ({
      invoiceId: asId<'inv'>(each.id),
      payableMinor: each.openMinor - each.heldMinor,
    })),
  )
  const facts = invoices.map((invoice): [InvoiceId, CartInvoice] => {
    const invoiceId = asId<'inv'>(invoice.id)
    const own = uses.filter((use) => use.invoiceId === invoiceId)
    const creditMinor = own.reduce((sum, use) => sum + use.amountMinor, 0n)
    return [
      invoiceId,
      {
        invoiceId,
        number: invoice.number,
        openMinor: invoice.openMinor,
        payableMinor: invoice.openMinor - invoice.heldMinor,
        credits: own,
        creditMinor,
        offer: offerOn(invoice, creditMinor, terms, question),
      },
    ]
  })
  return { policy, invoices: new Map(facts), mayDispute }
}

/** Fees earn no discount: it is given for paying goods early. */
function offerOn(
  invoice: Invoice,
  creditMinor: bigint,
  terms: readonly DiscountTerm[],
  { customerId, today }: CartQuestion,
): CartInvoice['offer'] {
  const issuedOn = fromDatabaseDate(invoice.issuedOn)
  const term = invoice.kind === 'fee' ? null : termFor(terms, customerId, issuedOn)
  if (term === null) return null
  const { totalMinor, taxMinor, openMinor, heldMinor } = invoice
  const left = { openMinor: openMinor - creditMinor, payableMinor: openMinor - heldMinor - creditMinor }
  return discountOffer(term, { issuedOn, totalMinor, taxMinor, ...left }, today)
}

async function readDiscountTerms(customerId: CustomerId, client: Tx): Promise<DiscountTerm[]> {
  const rows = await client.discountTerm.findMany({ where: { OR: [{ customerId }, { customerId: null }] } })
  return rows.map((row) => ({
    ...row,
    validFrom: fromDatabaseDate(row.validFrom),
    validTo: row.validTo === null ? null : fromDatabaseDate(row.validTo),
  }))
}

/** Credit of the customer in the currency, oldest first; credit memos before money paid too much of the same day. */
async function readFreeCredits({ customerId, currency }: CartQuestion, client: Tx): Promise<FreeCredit[]> {
  const memos = await client.creditMemo.findMany({
    where: { customerId, currency, remainingMinor: { gt: 0n } },
    orderBy: [{ issuedOn: 'asc' }, { id: 'asc' }],
  })
  const payments = await client.payment.findMany({
    where: { customerId, currency, unallocatedMinor: { gt: 0n } },
    orderBy: [{ settledOn: 'asc' }, { id: 'asc' }],
  })
  const dated = [
    ...memos.map(({ id, number, issuedOn, remainingMinor }) => ({
      ...{ id, number, kind: 'credit-memo' as const, remainingMinor },
      on: issuedOn,
    })),
    ...payments.map(({ id, number, settledOn, createdAt, unallocatedMinor }) => ({
      ...{ id, number, kind: 'payment' as const, remainingMinor: unallocatedMinor },
      on: settledOn ?? createdAt,
    })),
  ]
  return dated.toSorted((a, b) => a.on.getTime() - b.on.getTime()).map(({ on: _, ...credit }) => credit)
}
