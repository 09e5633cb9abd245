/** What customers owe, for staff: one row per customer, amounts per currency. */
import type { CustomerBalance, CustomerPage, Receivables } from '#app/invoices/customer-balance.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { db } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import type { BusinessDate } from '#app/platform/time.ts'

type Owed = { customerId: string; currency: string; open: bigint; pastDue: bigint; unapplied: bigint }
type Found = { id: string; number: string; name: string; lastPaidOn: string | null }

const PAGE = 50

/** Customers whose name, number or address for mail holds `text`, by name, 50 at a time after `after`. Two queries. */
export async function listCustomerBalances(options: {
  text: string | null
  after: string | null
  today: BusinessDate
}): Promise<CustomerPage> {
  const { text, after, today } = options
  const like = text === null ? null : `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const matches =
    like === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(c.name ILIKE ${like} OR c.number ILIKE ${like} OR c.email ILIKE ${like})`
  const beyond =
    after === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(c.name, c.id) > (SELECT name, id FROM customer WHERE id = ${after}::uuid)`
  const found = await db.$queryRaw<Found[]>`
    SELECT c.id::text AS id, c.number, c.name,
           (SELECT max(settled_on)::text FROM payment p WHERE p.customer_id = c.id AND p.state = 'settled') AS "lastPaidOn"
      FROM customer c WHERE ${matches} AND ${beyond} ORDER BY c.name, c.id LIMIT ${PAGE + 1}`
  const page = found.slice(0, PAGE)
  const owed = await readOwed(
    page.map(({ id }) => id),
    today,
  )
  const customers = page.map((customer) => ({
    ...customer,
    balances: owed.filter(({ customerId }) => customerId === customer.id).map(balanceOf),
  }))
  return { customers, next: found.length > PAGE ? (page.at(-1)?.id ?? null) : null }
}

async function readOwed(customerIds: readonly string[], today: BusinessDate): Promise<Owed[]> {
  if (customerIds.length === 0) return []
  return db.$queryRaw<Owed[]>`
    SELECT customer_id::text AS "customerId", currency, sum(open)::bigint AS open, sum(late)::bigint AS "pastDue",
           sum(credit)::bigint AS unapplied
      FROM (
        SELECT customer_id, currency, open_minor AS open,
               CASE WHEN due_on < ${today}::date THEN open_minor ELSE 0 END AS late, 0 AS credit
          FROM invoice WHERE customer_id = ANY(${customerIds}::uuid[]) AND open_minor > 0
        UNION ALL
        SELECT customer_id, currency, 0, 0, unallocated_minor FROM payment
         WHERE customer_id = ANY(${customerIds}::uuid[]) AND unallocated_minor > 0
        UNION ALL
        SELECT customer_id, currency, 0, 0, remaining_minor FROM credit_memo
         WHERE customer_id = ANY(${customerIds}::uuid[]) AND remaining_minor > 0
      ) AS parts
     GROUP BY customer_id, currency ORDER BY currency`
}

function balanceOf({ currency, open, pastDue, unapplied }: Omit<Owed, 'customerId'>): CustomerBalance {
  const code = parseCurrency(currency)
  return { open: money(open, code), pastDue: money(pastDue, code), unapplied: money(unapplied, code) }
}

/** What all customers owe together, per currency, and how many invoices that is. One query. */
export async function sumReceivables(today: BusinessDate): Promise<Receivables[]> {
  const rows = await db.$queryRaw<
    { currency: string; open: bigint; pastDue: bigint; openCount: number; pastDueCount: number }[]
  >`
    SELECT currency, sum(open_minor)::bigint AS open, count(*)::int AS "openCount",
           coalesce(sum(open_minor) FILTER (WHERE due_on < ${today}::date), 0)::bigint AS "pastDue",
           count(*) FILTER (WHERE due_on < ${today}::date)::int AS "pastDueCount"
      FROM invoice WHERE open_minor > 0 GROUP BY currency ORDER BY currency`
  return rows.map((row) => {
    const code = parseCurrency(row.currency)
    const { openCount, pastDueCount } = row
    return { open: money(row.open, code), pastDue: money(row.pastDue, code), openCount, pastDueCount }
  })
}
