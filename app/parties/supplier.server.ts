import { db, type Tx } from '#app/platform/db.server.ts'
import type { Supplier } from '#app/platform/generated/client.ts'
import { type BusinessDate, businessDateIn } from '#app/platform/time.ts'

/** The company that runs this deployment. Throws before the first set-up has written its row. */
export async function getSupplier(client: Tx = db): Promise<Supplier> {
  const supplier = await client.supplier.findFirst()
  if (supplier === null) throw new Error('The supplier is not set up yet: run the migrations and the seed')
  return supplier
}

/** What words on a page depend on: the supplier's zone and locale, and the day that it is there now. */
export function readingOf(
  supplier: Pick<Supplier, 'timeZone' | 'locale'>,
  now: Date,
): { today: BusinessDate; locale: string; timeZone: string } {
  return {
    today: businessDateIn(supplier.timeZone, now),
    locale: supplier.locale,
    timeZone: supplier.timeZone,
  }
}
