import { db, type Tx } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'

/**
 * The instant that one operation treats as now: the database's time plus CLOCK_OFFSET_SECONDS. Read it once
 * per operation and hand it to rules and SQL functions; signatures and TLS use real time instead.
 * Cut to milliseconds, the precision that is stored.
 */
export async function readNow(client: Tx = db): Promise<Date> {
  const rows = await client.$queryRaw<{ now: Date }[]>`
    SELECT date_trunc('milliseconds', clock_timestamp()) AS now`
  const row = rows[0]
  if (row === undefined) throw new Error('the database gave no time')
  return new Date(row.now.getTime() + env.clock.offsetSeconds * 1000)
}
