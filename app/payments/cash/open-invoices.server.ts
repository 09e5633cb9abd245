import { asId, type CustomerId } from '#app/books/ids.ts'
import { type CurrencyCode, parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { OpenInvoice } from '#app/payments/cash/open-invoice.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

/** Rows of a form: more are found by number. */
export const MOST_INVOICES = 100

/** The open invoices of a customer in one currency, oldest due first; `number` narrows them to those whose number holds it. */
export async function listOpenInvoices(
  { customerId, currency, number }: { customerId: CustomerId; currency: CurrencyCode; number: string },
  client: Tx = db,
): Promise<{ invoices: OpenInvoice[]; hasMore: boolean }> {
  const rows = await client.invoice.findMany({
    where: {
      customerId,
      currency,
      openMinor: { gt: 0n },
      ...(number === '' ? {} : { number: { contains: number } }),
    },
    orderBy: [{ dueOn: 'asc' }, { id: 'asc' }],
    take: MOST_INVOICES + 1,
    select: { id: true, number: true, poNumber: true, dueOn: true, openMinor: true, heldMinor: true },
  })
  const invoices = rows.slice(0, MOST_INVOICES).map((row) => ({
    id: asId<'inv'>(row.id),
    number: row.number,
    poNumber: row.poNumber,
    dueOn: fromDatabaseDate(row.dueOn),
    open: money(row.openMinor, currency),
    payable: money(row.openMinor - row.heldMinor, currency),
  }))
  return { invoices, hasMore: rows.length > MOST_INVOICES }
}

/** Currencies in which the customer was ever invoiced, the ones with most open invoices first; USD for a new customer. */
export async function listCustomerCurrencies(
  customerId: CustomerId,
  client: Tx = db,
): Promise<CurrencyCode[]> {
  const rows = await client.$queryRaw<{ currency: string }[]>`
    SELECT currency FROM invoice WHERE customer_id = ${customerId}::uuid
     GROUP BY currency ORDER BY count(*) FILTER (WHERE open_minor > 0) DESC, currency`
  return rows.length === 0 ? [parseCurrency('USD')] : rows.map((row) => parseCurrency(row.currency))
}
