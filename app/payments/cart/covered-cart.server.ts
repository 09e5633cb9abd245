import { asId, type CustomerId, type InvoiceId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import { creditUseId, LAST_USE } from '#app/payments/cart/book-cart.server.ts'
import { db } from '#app/platform/db.server.ts'

/** Credit that one pay form applied to one invoice. */
export type AppliedCredit = {
  readonly invoiceId: InvoiceId
  readonly invoiceNumber: string
  readonly creditNumber: string
  readonly amount: Money
  readonly openAfter: Money
}

/** What a pay form applied of its customer's credit, by its id; empty when it applied none. */
export async function listAppliedCredits(
  customerId: CustomerId,
  paymentId: PaymentId,
): Promise<AppliedCredit[]> {
  const rows = await db.allocation.findMany({
    where: {
      id: { gte: creditUseId(paymentId, 0), lte: creditUseId(paymentId, LAST_USE) },
      invoice: { customerId },
    },
    orderBy: { id: 'asc' },
    include: {
      invoice: { select: { number: true, openMinor: true } },
      creditMemo: { select: { number: true } },
      payment: { select: { number: true } },
    },
  })
  return rows.map(({ invoiceId, amountMinor, currency, invoice, creditMemo, payment }) => ({
    invoiceId: asId<'inv'>(invoiceId),
    invoiceNumber: invoice.number,
    creditNumber: creditMemo?.number ?? payment?.number ?? '',
    amount: money(amountMinor, parseCurrency(currency)),
    openAfter: money(invoice.openMinor, parseCurrency(currency)),
  }))
}
