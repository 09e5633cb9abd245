import { parseCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import { db } from '#app/platform/db.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** What arrived on the days from `from` to `to`, per currency, and in how many payments; what was taken back is not in it. */
export async function sumReceived(
  from: BusinessDate,
  to: BusinessDate,
): Promise<{ amount: Money; count: number }[]> {
  const rows = await db.$queryRaw<{ currency: string; minor: bigint; count: number }[]>`
    SELECT currency, sum(received_minor - reversed_minor)::bigint AS minor, count(*)::int AS count FROM payment
     WHERE state = 'settled' AND settled_on BETWEEN ${from}::date AND ${to}::date
     GROUP BY currency ORDER BY currency`
  return rows.map(({ currency, minor, count }) => ({ amount: money(minor, parseCurrency(currency)), count }))
}
