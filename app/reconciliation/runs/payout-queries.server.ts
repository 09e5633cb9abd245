import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'
import type { PayoutPart, PayoutView } from '#app/reconciliation/runs/run-view.ts'
import { newestPayouts } from '#app/reconciliation/sides/list-payouts.server.ts'

/** The newest payouts with what is in them and where the bank has them. */
export async function listPayouts(count: number): Promise<PayoutView[]> {
  const payouts = await newestPayouts(count)
  const ids = payouts.map(({ id }) => id)
  const [parts, lines] = await Promise.all([
    db.$queryRaw<(PayoutPart & { payoutId: string })[]>`
      SELECT payout_id AS "payoutId", type, count(*)::int AS count, sum(net_minor)::bigint AS "netMinor"
        FROM provider_transaction WHERE payout_id = ANY (${ids}::text[]) AND NOT (kind = 'payout' AND source_id = payout_id)
       GROUP BY payout_id, type ORDER BY payout_id, type`,
    db.bankLine.findMany({
      where: {
        state: 'matched',
        matchedKind: { in: ['payout', 'payout_failure'] },
        matchedId: { in: ids },
      },
      select: { matchedId: true, bookedOn: true },
      orderBy: { bookedOn: 'asc' },
    }),
  ])
  return payouts.map((payout) => ({
    ...payout,
    parts: parts.filter(({ payoutId }) => payoutId === payout.id),
    bankDays: lines
      .filter(({ matchedId }) => matchedId === payout.id)
      .map(({ bookedOn }) => fromDatabaseDate(bookedOn)),
  }))
}
