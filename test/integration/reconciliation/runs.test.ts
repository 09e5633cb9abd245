import { afterAll, beforeAll, expect, test } from 'vitest'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CreatedRange, ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'
import { readProviderBooks } from '#app/reconciliation/provider/read-provider-books.server.ts'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import { createSupplier } from '#test/support/books.ts'
import { asSuperuser, movement, openDifferences } from '#test/support/reconcile-world.ts'

beforeAll(createSupplier)
afterAll(() => db.$disconnect())

const DAY_MS = 86_400_000
const NOW = new Date('2026-03-11T12:00:00Z')

/** A processor's books in memory, one movement a day, in pages of two; `breakAt` is the call that finds nobody there. */
function booksInMemory(days: number, breakAt = Number.POSITIVE_INFINITY) {
  const asked: string[] = []
  const all = Array.from({ length: days * 3 }, (_, index) =>
    movement({
      transactionId: `txn_${String(index).padStart(3, '0')}`,
      sourceId: `ch_${index}`,
      createdAt: new Date(NOW.getTime() - days * DAY_MS + (index * DAY_MS) / 3 + 1_000),
    }),
  )
  const books: ProviderBooks = {
    async listTransactions(of, after) {
      const { from, until } = of as CreatedRange
      asked.push(`${from.toISOString()} ${after ?? ''}`)
      if (asked.length === breakAt)
        throw new GatewayFault({
          kind: 'unavailable',
          vendor: 'stripe',
          operation: 'list',
          message: 'nobody',
        })
      const found = all
        .filter(({ createdAt }) => createdAt >= from && (until === null || createdAt < until))
        .toReversed()
      const begin = after === null ? 0 : found.findIndex(({ transactionId }) => transactionId === after) + 1
      const readings = found.slice(begin, begin + 2)
      return { readings, next: begin + 2 < found.length ? (readings.at(-1)?.transactionId ?? null) : null }
    },
    listPayouts: async () => ({ readings: [], next: null }),
    readPayout: async () => null,
  }
  return { books, asked }
}

test('a reading that is cut off goes on at the day that it had not finished', async () => {
  const since = new Date(NOW.getTime() - 8 * DAY_MS)
  const cut = booksInMemory(8, 8)
  await expect(readProviderBooks(cut.books, since, NOW)).rejects.toThrow('nobody')
  const stored = await db.providerTransaction.count()
  expect(stored).toBeGreaterThan(6)
  const whole = booksInMemory(8)
  await readProviderBooks(whole.books, since, NOW)
  expect(await db.providerTransaction.count()).toBe(24)
  // It begins an hour before the newest movement of the last day that was whole.
  expect(whole.asked[0]).toBe('2026-03-06T03:00:01.000Z ')
})

test('a comparison that cannot read the processor says so with its run, and closes nothing', async () => {
  const found = await reconcile({ books: booksInMemory(8).books, rpcUrl: undefined, now: NOW })
  expect(found.open).toBe(24)
  const silent = booksInMemory(8, 1).books
  await expect(
    reconcile({ books: silent, rpcUrl: undefined, now: new Date(NOW.getTime() + DAY_MS) }),
  ).rejects.toThrow('nobody')
  const run = await db.reconciliationRun.findFirstOrThrow({ orderBy: { startedAt: 'desc' } })
  expect(run.failure).toContain('unavailable')
  expect(await openDifferences()).toHaveLength(24)
})

test('what a person has closed stays closed until its facts change; what closed by itself opens again', async () => {
  const later = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS)
  const subject = 'ch_5'
  const run = (days: number) => reconcile({ books: null, rpcUrl: undefined, now: later(days) })
  const change = 'UPDATE provider_transaction SET amount_minor = $2, net_minor = $2 WHERE source_id = $1'
  const isOpen = async () => (await openDifferences()).some((each) => each.subject === subject)
  await db.$queryRaw`SELECT resolve_exception(${`reconcile.missing-in-books:${subject}`}, 'A test of theirs.', ${later(1)})`
  await run(1)
  expect(await isOpen()).toBe(false)
  await asSuperuser(change, [subject, 5_100])
  await run(2)
  expect(await isOpen()).toBe(true)
  await asSuperuser(change, [subject, 0])
  await run(3)
  expect(await isOpen()).toBe(false)
  await asSuperuser(change, [subject, 5_100])
  await run(4)
  expect(await isOpen()).toBe(true)
})

test('a difference older than the days compared stays open until it is gone', async () => {
  const now = new Date(NOW.getTime() + 90 * DAY_MS)
  await reconcile({ books: null, rpcUrl: undefined, now })
  expect(await openDifferences()).toHaveLength(24)
  await asSuperuser(`DELETE FROM provider_transaction`)
  await reconcile({ books: null, rpcUrl: undefined, now: new Date(now.getTime() + DAY_MS) })
  expect(await openDifferences()).toEqual([])
})

test('a payout is booked when it is paid, whatever is read after; an older reading moves nothing', async () => {
  const record = async (status: string, readAt: Date): Promise<unknown> => {
    const payout = {
      id: 'po_moves',
      amountMinor: '700',
      currency: 'USD',
      status,
      arrivalOn: '2026-03-10',
      isAutomatic: true,
      isItemised: false,
      createdAt: NOW,
      readAt,
    }
    const rows = await db.$queryRaw<{ answer: unknown }[]>`
      SELECT record_payout(${JSON.stringify(payout)}::jsonb, ${NOW}) AS answer`
    return rows[0]?.answer
  }
  const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000)
  expect(await record('in_transit', at(0))).toMatchObject({ status: 'in_transit', posted: null })
  expect(await record('paid', at(2))).toMatchObject({ posted: 'payout.paid' })
  expect(await record('paid', at(3))).toMatchObject({ status: 'paid', posted: null })
  expect(await record('failed', at(1))).toMatchObject({ status: 'paid', posted: null })
  expect(await record('failed', at(4))).toMatchObject({ status: 'failed', posted: 'payout.failed' })
  expect(await record('paid', at(5))).toMatchObject({ status: 'failed', posted: null })
  const bank = await db.posting.aggregate({
    where: { accountCode: 1000 },
    _sum: { amountMinor: true },
    _count: true,
  })
  expect(bank).toMatchObject({ _count: 2, _sum: { amountMinor: 0n } })
})
