import { type AutopayRunId, asId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { orderOf } from '#app/payments/autopay/autopay-rows.server.ts'
import {
  type ChargeItem,
  type DueRun,
  decideRun,
  type PresentBooks,
  type RunDecision,
} from '#app/payments/autopay/decide-run.ts'
import { isLeftOut } from '#app/payments/autopay/plan-debits.ts'
import { expectedClearing } from '#app/payments/bank-days.ts'
import type { PayDays } from '#app/payments/cart/cart-books.ts'
import { readCartBooks } from '#app/payments/cart/cart-facts.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { AutopayEnrollment, Prisma } from '#app/platform/generated/client.ts'
import { type BusinessDate, businessDateIn, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

/** A run that was begun and has no payment after so long was left by a process that died. */
const LEFT_AFTER_MS = 120_000

export type ClaimedRun = {
  readonly runId: AutopayRunId
  readonly order: AutopayEnrollment
  /** The day on which its money is taken to arrive. */
  readonly arrivesOn: BusinessDate
  /** What to charge; null when there was nothing to charge, and the run says why. */
  readonly items: readonly ChargeItem[] | null
}

const ROW = {
  enrollment: { include: { savedMethod: { select: { kind: true } } } },
  items: true,
} as const satisfies Prisma.AutopayRunInclude
type Row = Prisma.AutopayRunGetPayload<{ include: typeof ROW }>

/**
 * Takes the next run whose day has come, decides what it does from what is payable now, and writes that down, all in one
 * transaction: only one worker gets it. `seen` are those that this round had already. Null when none is left.
 */
export async function claimRun(seen: readonly string[]): Promise<ClaimedRun | null> {
  return withTransaction(async (tx) => {
    const { timeZone } = await getSupplier(tx)
    const now = await readNow(tx)
    const today = businessDateIn(timeZone, now)
    const id = await lockNext(tx, seen, today, now)
    if (id === null) return null
    const row = await tx.autopayRun.findUniqueOrThrow({ where: { id }, include: ROW })
    const isBank = row.enrollment.savedMethod.kind === 'us_bank_account'
    const days = { begins: today, arrives: isBank ? expectedClearing(now) : today }
    const decision = await decide(tx, row, timeZone, days)
    await write(tx, id, decision, now)
    const items = decision.does === 'charge' ? decision.items : null
    return { runId: asId<'run'>(id), order: row.enrollment, arrivesOn: days.arrives, items }
  })
}

async function lockNext(
  tx: Tx,
  seen: readonly string[],
  today: BusinessDate,
  now: Date,
): Promise<string | null> {
  const leftBefore = new Date(now.getTime() - LEFT_AFTER_MS)
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM autopay_run r
     WHERE (r.state = 'noticed' AND r.debit_on <= ${today}::date AND coalesce(r.next_try_at::date, r.debit_on) <= ${today}::date
         OR r.state = 'in_progress' AND r.updated_at < ${leftBefore} AND NOT EXISTS (SELECT FROM payment p WHERE p.id = r.id))
       AND r.id <> ALL (${[...seen]}::uuid[])
     ORDER BY r.debit_on, r.id LIMIT 1 FOR UPDATE SKIP LOCKED`
  return rows[0]?.id ?? null
}

async function decide(tx: Tx, row: Row, timeZone: string, days: PayDays): Promise<RunDecision> {
  if (row.enrollment.state === 'paused') return { does: 'skip', reason: 'autopay_paused' }
  if (row.enrollment.state === 'ended') return { does: 'skip', reason: 'autopay_ended' }
  const run: DueRun = {
    debitOn: fromDatabaseDate(row.debitOn),
    attemptNo: row.attemptNo,
    madeOn: businessDateIn(timeZone, row.createdAt),
    items: row.items
      .filter((item) => !isLeftOut(item))
      .map((item) => ({ ...item, invoiceId: asId<'inv'>(item.invoiceId) })),
  }
  return decideRun(orderOf(row.enrollment, timeZone), run, await readPresent(tx, row, run), days)
}

async function readPresent(tx: Tx, { currency, enrollment }: Row, { items }: DueRun): Promise<PresentBooks> {
  const invoiceIds = items.map(({ invoiceId }) => invoiceId)
  const customerId = asId<'cst'>(enrollment.customerId)
  const books = await readCartBooks({ customerId, currency: parseCurrency(currency), invoiceIds }, tx)
  const holds = await tx.hold.findMany({
    where: { invoiceId: { in: invoiceIds }, releasedAt: null, paymentId: { not: null } },
    select: { invoiceId: true },
  })
  const held = new Set(holds.map(({ invoiceId }) => invoiceId))
  return {
    ...books,
    invoices: books.invoices.map((each) => ({ ...each, isHeldByPayment: held.has(each.invoiceId) })),
  }
}

async function write(tx: Tx, id: string, decision: RunDecision, now: Date): Promise<void> {
  switch (decision.does) {
    case 'charge':
      await tx.autopayRun.update({
        where: { id },
        data: { state: 'in_progress', reason: null, nextTryAt: null, updatedAt: now },
      })
      return
    case 'wait':
      return postpone(tx, id, decision.reason, decision.until, now)
    case 'skip':
      await tx.autopayRun.update({
        where: { id },
        data: { state: 'skipped', reason: decision.reason, nextTryAt: null, updatedAt: now },
      })
      return
    case 'nothing':
      return
  }
}

/** Leaves a run announced, to be tried on another day, or in the next round when none is given. */
export async function postpone(
  tx: Tx,
  id: string,
  reason: string,
  until: BusinessDate | null,
  now: Date,
): Promise<void> {
  const nextTryAt = until && toDatabaseDate(until)
  await tx.autopayRun.update({ where: { id }, data: { state: 'noticed', reason, nextTryAt, updatedAt: now } })
}
