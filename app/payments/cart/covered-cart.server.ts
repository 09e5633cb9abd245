import { asId, type CustomerId, type InvoiceId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { type Money, money, sum } from '#app/money/money.ts'
import { CREDITS_APPLIED } from '#app/payments/cart/book-cart.server.ts'
import { creditUseId, LAST_USE } from '#app/payments/credits/credit-use-id.ts'
import { db } from '#app/platform/db.server.ts'

/** Credit that one pay form applied to one invoice. */
export type AppliedCredit = {
  readonly invoiceId: InvoiceId
  readonly invoiceNumber: string
  readonly creditNumber: string
  readonly amount: Money
  readonly openAfter: Money
}

/** How much credit each of these pay forms applied, minor units; forms that applied none are left out. */
export async function sumAppliedCredits(formIds: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  if (formIds.length === 0) return new Map()
  const rows = await db.allocation.findMany({
    where: { OR: formIds.map((id) => ({ id: usesOf(id) })) },
    select: { id: true, amountMinor: true },
  })
  const sums = new Map<string, bigint>()
  for (const formId of formIds) {
    const own = rows.filter(({ id }) => id >= usesOf(formId).gte && id <= usesOf(formId).lte)
    if (own.length > 0)
      sums.set(
        formId,
        own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      )
  }
  return sums
}

/** The ids of all uses of credit that a form may have made. */
function usesOf(formId: string): { readonly gte: string; readonly lte: string } {
  return { gte: creditUseId(formId, 0), lte: creditUseId(formId, LAST_USE) }
}

/** How much credit a form of this pay link applied when it left nothing to pay by other means; null for the forms of others. */
export async function findCreditOfLink(
  payLinkId: string,
  customerId: CustomerId,
  formId: PaymentId,
): Promise<Money | null> {
  const detail = { path: ['payLinkId'], equals: payLinkId }
  const where = { subjectId: formId, action: CREDITS_APPLIED, customerId, detail }
  if ((await db.audit.count({ where })) === 0) return null
  const applied = await listAppliedCredits(customerId, formId)
  const [first] = applied
  if (first === undefined) return null
  return sum(
    applied.map(({ amount }) => amount),
    first.amount.currency,
  )
}

/** What a pay form applied of its customer's credit, by its id; empty when it applied none. */
export async function listAppliedCredits(
  customerId: CustomerId,
  paymentId: PaymentId,
): Promise<AppliedCredit[]> {
  const rows = await db.allocation.findMany({
    where: {
      id: usesOf(paymentId),
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
