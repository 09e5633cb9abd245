/** Reads of unused credit and of what it may be used on, oldest first. */
import { asId, type CustomerId, type InvoiceId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { isPositive, money, smaller } from '#app/money/money.ts'
import type { Credit, CreditTarget } from '#app/payments/credits/credit-plan.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { fromDatabaseDate, parseBusinessDate } from '#app/platform/time.ts'

/** More credits than a customer ever holds at once; the oldest are used first. */
const MOST_CREDITS = 500

type Row = {
  creditMemoId: string | null
  paymentId: string | null
  number: string
  on: string
  remainingMinor: bigint
}

/** Unused credit of a customer in a currency, oldest first. */
export async function readCredits(
  customerId: CustomerId,
  currency: CurrencyCode,
  client: Tx = db,
): Promise<Credit[]> {
  const rows = await client.$queryRaw<Row[]>`
    SELECT id::text AS "creditMemoId", NULL AS "paymentId", number, issued_on::text AS "on", remaining_minor AS "remainingMinor"
      FROM credit_memo WHERE customer_id = ${customerId}::uuid AND currency = ${currency} AND remaining_minor > 0
    UNION ALL
    SELECT NULL, id::text, number, coalesce(settled_on, created_at::date)::text, unallocated_minor
      FROM payment WHERE customer_id = ${customerId}::uuid AND currency = ${currency} AND unallocated_minor > 0
    ORDER BY "on", 1, 2 LIMIT ${MOST_CREDITS}`
  return rows.map((row) => ({
    source:
      row.creditMemoId === null
        ? { paymentId: asId<'pay'>(row.paymentId ?? '') }
        : { creditMemoId: asId<'crm'>(row.creditMemoId) },
    number: row.number,
    on: parseBusinessDate(row.on),
    remaining: money(row.remainingMinor, currency),
  }))
}

/** These invoices of the customer as far as they are payable now, each at most to its amount. */
export async function readTargets(
  customerId: CustomerId,
  currency: CurrencyCode,
  wanted: ReadonlyMap<InvoiceId, bigint>,
  client: Tx = db,
): Promise<CreditTarget[]> {
  const rows = await client.invoice.findMany({
    where: { customerId, currency, id: { in: [...wanted.keys()] } },
    orderBy: [{ dueOn: 'asc' }, { id: 'asc' }],
    select: { id: true, dueOn: true, openMinor: true, heldMinor: true },
  })
  return rows.flatMap((row) => {
    const invoiceId = asId<'inv'>(row.id)
    const payable = money(row.openMinor - row.heldMinor, currency)
    const upTo = smaller(payable, money(wanted.get(invoiceId) ?? 0n, currency))
    return isPositive(upTo) ? [{ invoiceId, dueOn: fromDatabaseDate(row.dueOn), upTo }] : []
  })
}
