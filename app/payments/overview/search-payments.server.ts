import type { CustomerId, PaymentId } from '#app/books/ids.ts'
import type { PaymentFilter, PaymentShow } from '#app/payments/overview/payment-filter.ts'
import type { PaymentPage } from '#app/payments/overview/payment-queries.server.ts'
import { SUMMARY_PARTS, summaryOf } from '#app/payments/overview/payment-rows.server.ts'
import { db } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'

const PAGE = 50

/**
 * Payments of all customers, or of one, that the filter keeps: newest first, 50 at a time; `after` is the last one of the
 * page before. Days are the supplier's, so its time zone is asked for. Two queries.
 */
export async function searchPayments(
  filter: PaymentFilter,
  options: { customerId: CustomerId | null; after: PaymentId | null; timeZone: string },
): Promise<PaymentPage> {
  const { customerId, after, timeZone } = options
  const startOf = (date: string): Prisma.Sql =>
    Prisma.sql`(${date}::date::timestamp AT TIME ZONE ${timeZone})`
  const startAfter = (date: string): Prisma.Sql =>
    Prisma.sql`((${date}::date + 1)::timestamp AT TIME ZONE ${timeZone})`
  const conditions = [
    customerId && Prisma.sql`p.customer_id = ${customerId}::uuid`,
    showCondition(filter.show),
    filter.method && Prisma.sql`p.method = ${filter.method}::payment_method`,
    filter.text && textCondition(filter.text),
    filter.from && Prisma.sql`p.created_at >= ${startOf(filter.from)}`,
    filter.to && Prisma.sql`p.created_at < ${startAfter(filter.to)}`,
    after &&
      Prisma.sql`(p.created_at, p.id) < (SELECT created_at, id FROM payment WHERE id = ${after}::uuid)`,
  ].filter((condition) => condition !== null && condition !== '')
  const where = Prisma.join([Prisma.sql`TRUE`, ...conditions], ' AND ')
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT p.id::text AS id FROM payment p JOIN customer c ON c.id = p.customer_id
     WHERE ${where} ORDER BY p.created_at DESC, p.id DESC LIMIT ${PAGE + 1}`
  const rows = await db.payment.findMany({
    where: { id: { in: found.slice(0, PAGE).map(({ id }) => id) } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: SUMMARY_PARTS,
  })
  const payments = rows.map(summaryOf)
  return { payments, next: found.length > PAGE ? (payments.at(-1)?.id ?? null) : null }
}

function showCondition(show: PaymentShow): Prisma.Sql | null {
  switch (show) {
    case 'all':
      return null
    case 'under-way':
      return Prisma.sql`p.state IN ('created', 'awaiting_customer', 'requires_action', 'processing')`
    case 'unknown':
      return Prisma.sql`EXISTS (SELECT FROM payment_attempt a WHERE a.payment_id = p.id AND a.state = 'unknown')`
    case 'taken-back':
      return Prisma.sql`p.reversed_minor > 0`
    default:
      return Prisma.sql`p.state = ${show}::payment_state`
  }
}

/** Finds by our number, the customer's name or number, and the processor's ids. */
function textCondition(text: string): Prisma.Sql {
  const like = `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return Prisma.sql`(p.number ILIKE ${like} OR c.name ILIKE ${like} OR c.number ILIKE ${like}
    OR p.stripe_payment_intent_id = ${text} OR p.stripe_checkout_session_id = ${text} OR p.stripe_charge_id = ${text})`
}
