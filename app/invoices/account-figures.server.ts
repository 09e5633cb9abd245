import { dayView, minorView, type Reading } from '#app/invoices/invoice-record.ts'
import { HOLDS_JOIN } from '#app/invoices/invoice-sql.server.ts'
import type { AccountFigure, AccountFigures } from '#app/invoices/invoice-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

type FiguresRecord = {
  currency: string
  openMinor: bigint
  openCount: number
  notDueMinor: bigint
  notDueCount: number
  pastDueMinor: bigint
  pastDueCount: number
  disputedMinor: bigint
  disputedCount: number
  onItsWayMinor: bigint
  onItsWayCount: number
  payableMinor: bigint
  payableCount: number
  payableLateMinor: bigint
  payableLateCount: number
  creditMinor: bigint
  creditCount: number
  nextDueOn: string | null
}

/**
 * What one customer owes, per currency, on the supplier's day. Each figure is the sum of the rows that its list
 * shows: `listInvoices` with the status of the same name, and `listCredits` for unapplied credit. One query.
 */
export async function accountFigures(
  customerId: string,
  reading: Reading,
  client: Tx = db,
): Promise<AccountFigures[]> {
  const rows = await client.$queryRaw<FiguresRecord[]>`
    WITH owed AS (
      SELECT i.currency, i.open_minor AS open, i.open_minor - i.held_minor AS payable, i.due_on,
             i.due_on < ${reading.today}::date AS is_late,
             coalesce(h.disputed, 0) AS disputed, coalesce(h.on_its_way, 0) AS on_its_way
      FROM invoice i ${HOLDS_JOIN}
      WHERE i.customer_id = ${customerId}::uuid AND i.open_minor > 0
    ), credit AS (
      SELECT currency, sum(amount) AS amount, count(*) AS count FROM (
        SELECT currency, unallocated_minor AS amount FROM payment
        WHERE customer_id = ${customerId}::uuid AND unallocated_minor > 0
        UNION ALL
        SELECT currency, remaining_minor FROM credit_memo
        WHERE customer_id = ${customerId}::uuid AND remaining_minor > 0
      ) rest GROUP BY currency
    ), used AS (
      SELECT DISTINCT currency FROM invoice WHERE customer_id = ${customerId}::uuid
      UNION SELECT currency FROM credit
    )
    SELECT used.currency,
      coalesce(sum(open), 0)::bigint AS "openMinor", count(open)::int AS "openCount",
      coalesce(sum(open) FILTER (WHERE NOT is_late), 0)::bigint AS "notDueMinor",
      count(*) FILTER (WHERE NOT is_late)::int AS "notDueCount",
      coalesce(sum(open) FILTER (WHERE is_late), 0)::bigint AS "pastDueMinor",
      count(*) FILTER (WHERE is_late)::int AS "pastDueCount",
      coalesce(sum(disputed), 0)::bigint AS "disputedMinor",
      count(*) FILTER (WHERE disputed > 0)::int AS "disputedCount",
      coalesce(sum(on_its_way), 0)::bigint AS "onItsWayMinor",
      count(*) FILTER (WHERE on_its_way > 0)::int AS "onItsWayCount",
      coalesce(sum(payable), 0)::bigint AS "payableMinor",
      count(*) FILTER (WHERE payable > 0)::int AS "payableCount",
      coalesce(sum(payable) FILTER (WHERE is_late), 0)::bigint AS "payableLateMinor",
      count(*) FILTER (WHERE is_late AND payable > 0)::int AS "payableLateCount",
      min(due_on) FILTER (WHERE payable > 0)::text AS "nextDueOn",
      coalesce(max(credit.amount), 0)::bigint AS "creditMinor",
      coalesce(max(credit.count), 0)::int AS "creditCount"
    FROM used LEFT JOIN owed ON owed.currency = used.currency LEFT JOIN credit ON credit.currency = used.currency
    GROUP BY used.currency ORDER BY used.currency`
  return rows.map((row) => figures(row, reading.locale))
}

function figures(row: FiguresRecord, locale: string): AccountFigures {
  const figure = (minor: bigint, count: number): AccountFigure => ({
    amount: minorView(minor, row.currency, locale),
    count,
  })
  return {
    currency: row.currency,
    open: figure(row.openMinor, row.openCount),
    notDue: figure(row.notDueMinor, row.notDueCount),
    pastDue: figure(row.pastDueMinor, row.pastDueCount),
    disputed: figure(row.disputedMinor, row.disputedCount),
    onItsWay: figure(row.onItsWayMinor, row.onItsWayCount),
    payable: figure(row.payableMinor, row.payableCount),
    payablePastDue: figure(row.payableLateMinor, row.payableLateCount),
    unappliedCredit: figure(row.creditMinor, row.creditCount),
    nextDueOn: row.nextDueOn === null ? null : dayView(row.nextDueOn, locale),
  }
}
