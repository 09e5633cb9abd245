import { z } from 'zod'
import type { SurchargeRule } from '#app/payments/fees/surcharge.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { type BusinessDate, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

const caps = z.record(z.string(), z.int().min(0).max(400))

/** The rule that is in force on a day, newest first; null where the supplier takes no surcharge. */
export async function readSurchargeRule(today: BusinessDate, client: Tx = db): Promise<SurchargeRule | null> {
  const day = toDatabaseDate(today)
  const row = await client.surchargeRule.findFirst({
    where: { validFrom: { lte: day }, OR: [{ validTo: null }, { validTo: { gte: day } }] },
    orderBy: [{ validFrom: 'desc' }, { createdAt: 'desc' }],
  })
  if (row === null) return null
  return {
    rateBps: row.rateBps,
    networkCaps: caps.parse(row.networkCaps),
    stateCaps: caps.parse(row.stateCaps),
    reviewOn: fromDatabaseDate(row.reviewOn),
  }
}
