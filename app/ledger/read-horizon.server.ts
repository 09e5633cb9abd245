import { db } from '#app/platform/db.server.ts'
import type { Horizon, NumberFloor } from './number-floor.ts'

/**
 * How far the numbers of the ledger events reach now, in one statement and so in one snapshot. A transaction that takes a
 * number has its id before that: it locked or wrote something first.
 */
export async function readHorizon({ value, needsNewest }: NumberFloor): Promise<Horizon> {
  const [row] = await db.$queryRaw<Horizon[]>`
    SELECT coalesce(max(number), ${value}) AS highest,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestRunning",
           CASE WHEN ${needsNewest} AND max(number) IS NOT NULL THEN pg_current_xact_id()::text::bigint END AS newest
      FROM ledger_event WHERE number > ${value}`
  if (row === undefined) throw new Error('the horizon of the ledger events could not be read')
  return row
}
