/**
 * One comparison of books, processor, bank and chain. First our copy of the processor's books is brought up to date and what it
 * paid out or kept is booked; then the sides are compared, differences become cases, and cases whose difference is gone are
 * closed. It may be repeated at any time: what is booked or noted already stays once.
 */
import { newId } from '#app/books/ids.ts'
import type { ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, businessDateIn, toDatabaseDate } from '#app/platform/time.ts'
import { caseKindOf, DIFFERENCE_KINDS } from '#app/reconciliation/comparison/difference.ts'
import { bookCosts } from '#app/reconciliation/provider/book-costs.server.ts'
import { readProviderBooks } from '#app/reconciliation/provider/read-provider-books.server.ts'
import {
  compareBankLines,
  compareGroups,
  comparePayouts,
} from '#app/reconciliation/runs/compare-sides.server.ts'
import { closeGone, noteDifferences } from '#app/reconciliation/runs/note-differences.server.ts'
import { NO_COUNTS, type RunCounts } from '#app/reconciliation/runs/run-counts.ts'
import { heldTotals, paidOutTotals } from '#app/reconciliation/runs/totals.server.ts'
import { compareChain } from '#app/reconciliation/sides/compare-chain.server.ts'

/** How far back a comparison looks when nobody says it. */
export const USUAL_DAYS = 35

export type ReconcileOptions = {
  /** Null without a processor: what was read before is compared. */
  readonly books: ProviderBooks | null
  /** Undefined without a chain, which is then no side. */
  readonly rpcUrl: string | undefined
  readonly from?: BusinessDate | undefined
  readonly to?: BusinessDate | undefined
  /** Instant that counts as now; the clock's unless given. */
  readonly now?: Date
}

export type Reconciled = {
  readonly runId: string
  readonly from: BusinessDate
  readonly to: BusinessDate
  readonly counts: RunCounts
  /** Differences that wait for a person. */
  readonly open: number
}

/** Runs one comparison. Throws what kept it from the end, after it is noted with the run. */
export async function reconcile(options: ReconcileOptions): Promise<Reconciled> {
  const now = options.now ?? (await readNow())
  const { timeZone } = await getSupplier()
  const to = options.to ?? businessDateIn(timeZone, now)
  const from = options.from ?? addDays(to, 1 - USUAL_DAYS)
  const runId = newId()
  await db.reconciliationRun.create({
    data: {
      id: runId,
      fromOn: toDatabaseDate(from),
      toOn: toDatabaseDate(to),
      startedAt: now,
      counts: NO_COUNTS,
    },
  })
  try {
    const counts = await compareAll(options, { from, to }, { now, timeZone })
    const open = await countOpen(now)
    await db.reconciliationRun.update({
      where: { id: runId },
      data: { counts, differences: open, finishedAt: await readNow() },
    })
    return { runId, from, to, counts, open }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    await db.reconciliationRun.update({
      where: { id: runId },
      data: { failure, finishedAt: await readNow() },
    })
    throw error
  }
}

type Span = { readonly from: BusinessDate; readonly to: BusinessDate }

async function compareAll(
  { books, rpcUrl }: ReconcileOptions,
  days: Span,
  judging: { readonly now: Date; readonly timeZone: string },
): Promise<RunCounts> {
  const { now, timeZone } = judging
  const read =
    books === null ? NO_COUNTS.read : await readProviderBooks(books, await firstDay(days.from), now)
  await bookCosts(timeZone, now)
  const { groups, inFlight } = await compareGroups(days, judging)
  const payouts = await comparePayouts(days.from, judging)
  const bankLines = await compareBankLines(judging)
  const chain = rpcUrl === undefined ? null : await compareChain(rpcUrl, now)
  await noteDifferences(chain?.differences ?? [], now)
  await closeGone(now, now)
  return {
    read,
    compared: { groups, payouts, bankLines },
    kinds: await countKinds(now),
    held: await heldTotals(inFlight),
    paidOut: await paidOutTotals(),
    chain: chain && { events: chain.events, waiting: chain.waiting },
  }
}

/** Where the first reading of the processor's books begins: before our first payment there, they are of other systems. */
async function firstDay(from: BusinessDate): Promise<Date> {
  const first = await db.payment.findFirst({
    where: { stripePaymentIntentId: { not: null } },
    orderBy: { createdAt: 'asc' },
    select: { createdAt: true },
  })
  const begin = toDatabaseDate(addDays(from, -1))
  return first === null || first.createdAt > begin ? begin : first.createdAt
}

async function countKinds(seenAt: Date): Promise<Record<string, number>> {
  const rows = await db.exceptionCase.groupBy({
    by: ['kind'],
    where: { kind: { in: DIFFERENCE_KINDS.map(caseKindOf) }, seenAt },
    _count: true,
  })
  return Object.fromEntries(rows.map((row) => [row.kind, row._count]))
}

function countOpen(seenAt: Date): Promise<number> {
  return db.exceptionCase.count({
    where: { kind: { in: DIFFERENCE_KINDS.map(caseKindOf) }, seenAt, resolvedAt: null },
  })
}
