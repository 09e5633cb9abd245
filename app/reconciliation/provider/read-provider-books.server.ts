/**
 * Brings our copy of the processor's books up to date. Movements are read day by day from where the last reading got to, pages
 * are stored as they come, and the cursor moves to the newest of a day when that day is whole: a reading that is cut off goes on
 * there, and what is read twice is stored once. The cursor is on the processor's clock, which need not be ours.
 */
import type { CreatedRange, Page, PayoutReading, ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'
import { recordPayout, storeTransactions } from '#app/reconciliation/provider/store-readings.server.ts'

/** Name of the cursor; events have one of their own. */
export const BOOKS_CURSOR = 'stripe.balance'
const DAY_MS = 86_400_000
/** A movement may show in the list a moment after the time that it carries. */
const OVERLAP_MS = 3_600_000
/** For so long after it was made a payout is read again each time: it can fail after it was paid. */
const PAYOUT_DAYS = 35

export type BooksRead = { readonly transactions: number; readonly payouts: number }

/** Reads what is new. Throws a GatewayFault when the processor cannot be read; what came before it is kept. */
export async function readProviderBooks(books: ProviderBooks, since: Date, now: Date): Promise<BooksRead> {
  const cursor = await db.providerCursor.findUnique({ where: { provider: BOOKS_CURSOR } })
  const begun = cursor === null ? since : new Date(cursor.readUntil.getTime() - OVERLAP_MS)
  let transactions = 0
  for (const day of daysFrom(begun, now)) {
    const { count, newestAt } = await readTransactions(books, day, now)
    transactions += count
    if (newestAt !== null) await moveCursor(newestAt)
  }
  return { transactions, payouts: await readPayouts(books, since, now) }
}

async function moveCursor(readUntil: Date): Promise<void> {
  await db.providerCursor.upsert({
    where: { provider: BOOKS_CURSOR },
    create: { provider: BOOKS_CURSOR, readUntil },
    update: { readUntil },
  })
}

/** Days of a time that ends now; the last of them has no end, as the processor's clock may run ahead of ours. */
export function daysFrom(begun: Date, now: Date): CreatedRange[] {
  const days: CreatedRange[] = []
  for (let from = begun; ; ) {
    const until = new Date(from.getTime() + DAY_MS)
    if (until >= now) return [...days, { from, until: null }]
    days.push({ from, until })
    from = until
  }
}

async function readTransactions(
  books: ProviderBooks,
  of: CreatedRange | { readonly payoutId: string },
  readAt: Date,
): Promise<{ count: number; newestAt: Date | null }> {
  const payoutId = 'payoutId' in of ? of.payoutId : null
  let count = 0
  let newest = 0
  await eachPage(
    (after) => books.listTransactions(of, after),
    async (readings) => {
      count += readings.length
      newest = Math.max(newest, ...readings.map(({ createdAt }) => createdAt.getTime()))
      await storeTransactions(readings, payoutId, readAt)
    },
  )
  return { count, newestAt: count === 0 ? null : new Date(newest) }
}

async function readPayouts(books: ProviderBooks, since: Date, now: Date): Promise<number> {
  const from = new Date(Math.min(since.getTime(), now.getTime() - PAYOUT_DAYS * DAY_MS))
  let count = 0
  const record = async (reading: PayoutReading): Promise<void> => {
    count += 1
    await readItems(books, reading, now)
    await recordPayout(reading, now, now)
  }
  await eachPage(
    (after) => books.listPayouts({ from, until: null }, after),
    async (readings) => {
      for (const reading of readings) await record(reading)
    },
  )
  // Those that have not come to their end and are older than the list goes back.
  const older = await db.providerPayout.findMany({
    where: { status: { in: ['pending', 'in_transit'] }, createdAt: { lt: from } },
    select: { id: true },
  })
  for (const { id } of older) {
    const reading = await books.readPayout(id)
    if (reading !== null) await record(reading)
  }
  return count
}

/** Which movements a payout holds is asked once, when the processor can say it; the payout is marked after they are stored. */
async function readItems(books: ProviderBooks, reading: PayoutReading, now: Date): Promise<void> {
  if (!reading.isItemised) return
  const known = await db.providerPayout.findUnique({ where: { id: reading.payoutId } })
  if (known?.isItemised !== true) await readTransactions(books, { payoutId: reading.payoutId }, now)
}

async function eachPage<Reading>(
  list: (after: string | null) => Promise<Page<Reading>>,
  take: (readings: readonly Reading[]) => Promise<void>,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    const page = await list(after)
    await take(page.readings)
    if (page.next === null) return
    after = page.next
  }
}
