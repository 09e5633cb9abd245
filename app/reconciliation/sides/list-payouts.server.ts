import { db } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import { addDays, type BusinessDate, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'
import type { PayoutFacts } from '#app/reconciliation/comparison/compare-payout.ts'
import { EXPECTED_SLACK_DAYS } from '#app/reconciliation/comparison/in-flight.ts'

const PAGE = 200
const BANK = 1000

type Row = Omit<PayoutFacts, 'arrivalDate'> & { readonly arrivalDate: Date }

/**
 * Payouts that are to arrive on or after a day, or that are under way whatever their day, with their movements, booking and bank
 * lines; those with an open case are among them.
 */
export async function* payoutsToCompare(from: BusinessDate): AsyncGenerator<PayoutFacts[]> {
  for (let after = ''; ; ) {
    const rows = await readFacts(Prisma.sql`
      o.id > ${after} AND (o.arrival_on >= ${toDatabaseDate(from)}::date OR o.status IN ('pending', 'in_transit')
        OR EXISTS (SELECT FROM exception_case e WHERE e.case_key = 'reconcile.payout-unmatched:' || o.id AND e.resolved_at IS NULL))
      ORDER BY o.id LIMIT ${PAGE}`)
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)?.id ?? after
  }
}

/** The newest payouts, for the page that shows them. */
export function newestPayouts(count: number): Promise<PayoutFacts[]> {
  return readFacts(Prisma.sql`true ORDER BY o.arrival_on DESC, o.id DESC LIMIT ${count}`)
}

async function readFacts(which: Prisma.Sql): Promise<PayoutFacts[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT o.id, o.amount_minor AS "amountMinor", o.currency, o.status, o.arrival_on AS "arrivalDate", o.is_itemised AS "isItemised",
           coalesce((SELECT sum(t.net_minor) FROM provider_transaction t
                      WHERE t.payout_id = o.id AND NOT (t.kind = 'payout' AND t.source_id = o.id)), 0)::bigint AS "itemsMinor",
           (SELECT count(*) FROM provider_transaction t WHERE t.payout_id = o.id AND t.is_rounded)::bigint AS "roundedItems",
           coalesce((SELECT sum(l.amount_minor) FROM posting l
                      WHERE l.journal_id IN (o.journal_id, o.failure_journal_id) AND l.account_code = ${BANK}), 0)::bigint AS "bookedMinor",
           coalesce((SELECT sum(b.amount_minor) FROM bank_line b WHERE b.state = 'matched' AND b.matched_kind IN ('payout', 'payout_failure') AND b.matched_id = o.id), 0)::bigint AS "bankMinor",
           EXISTS (SELECT FROM bank_statement s WHERE s.currency = o.currency AND s.from_on <= o.arrival_on
                      AND s.to_on >= o.arrival_on + ${EXPECTED_SLACK_DAYS}::int) AS "isOnStatement"
      FROM provider_payout o WHERE ${which}`
  return rows.map((row) => ({ ...row, arrivalDate: fromDatabaseDate(row.arrivalDate) }))
}

/** The first day whose payouts a comparison looks at, so that one that was late at its end is still seen. */
export function firstPayoutDay(from: BusinessDate): BusinessDate {
  return addDays(from, -EXPECTED_SLACK_DAYS)
}
