/**
 * Announces debits: for each active order, what planDebits says today, each with its letter. One order at a time and under the
 * customer's lock, so that two workers make one debit. What was paid otherwise meanwhile is taken off the list at once.
 */
import { type AutopayRunId, asId, newId } from '#app/books/ids.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import { orderOf } from '#app/payments/autopay/autopay-rows.server.ts'
import { eachInTurn } from '#app/payments/autopay/each-in-turn.server.ts'
import { lockOrders, pauseOrder, tellOfPause } from '#app/payments/autopay/orders/end-order.server.ts'
import {
  ANNOUNCED_AHEAD_DAYS,
  type Candidate,
  type KnownDebit,
  type PlannedDebit,
  planDebits,
} from '#app/payments/autopay/plan-debits.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable } from '#app/payments/methods/saved-method.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { AutopayEnrollment } from '#app/platform/generated/client.ts'
import {
  addDays,
  type BusinessDate,
  businessDateIn,
  fromDatabaseDate,
  toDatabaseDate,
} from '#app/platform/time.ts'

/** Announces what is to be announced today, for every order. Answers how many debits were made or changed. */
export async function announceDebits(): Promise<number> {
  await dropSettled()
  await tellOfPauses()
  const orders = await db.autopayEnrollment.findMany({
    where: { state: 'active' },
    select: { id: true, customerId: true },
    orderBy: { id: 'asc' },
  })
  let announced = 0
  await eachInTurn(
    () => orders.shift() ?? null,
    ({ id }) => id,
    async ({ id, customerId }) => {
      announced += await announceFor(id, customerId)
    },
  )
  return announced
}

/** Announced debits of which nothing is owed any more are off. */
async function dropSettled(): Promise<void> {
  const now = await readNow()
  await db.$executeRaw`
    UPDATE autopay_run r SET state = 'skipped', reason = 'settled_elsewhere', next_try_at = NULL, updated_at = ${now}
     WHERE r.state = 'noticed' AND NOT EXISTS (
       SELECT FROM autopay_run_item i JOIN invoice v ON v.id = i.invoice_id
        WHERE i.run_id = r.id AND i.amount_minor > 0 AND v.open_minor > 0)`
}

/** Orders that were paused because of a return: whoever paused them need not know our letters. */
async function tellOfPauses(): Promise<void> {
  const paused = await db.autopayEnrollment.findMany({ where: { state: 'paused' }, select: { id: true } })
  for (const { id } of paused) await withTransaction(async (tx) => tellOfPause(tx, id, await readNow(tx)))
}

async function announceFor(orderId: string, customerId: string): Promise<number> {
  return withTransaction(async (tx) => {
    await lockOrders(tx, customerId)
    const order = await tx.autopayEnrollment.findUniqueOrThrow({ where: { id: orderId } })
    if (order.state !== 'active') return 0
    const now = await readNow(tx)
    const { timeZone } = await getSupplier(tx)
    const today = businessDateIn(timeZone, now)
    const method = await findSavedMethod(asId<'cst'>(customerId), asId<'met'>(order.savedMethodId), tx)
    if (method === null || !isChargeable(method, order.currency, today)) {
      await pauseOrder(tx, orderId, 'method_gone', now)
      return 0
    }
    const candidates = await listCandidates(tx, order, today)
    const planned = planDebits(
      orderOf(order, timeZone),
      candidates,
      await listKnown(tx, orderId, today),
      today,
    )
    for (const debit of planned) await keepDebit(tx, order, debit, now)
    return planned.length
  })
}

/** Reasons after which another notice for the same invoice would only come to nothing again. */
const LEFT_TO_PAYER: ReadonlySet<string> = new Set(['canceled', 'not_payable'])

/** Invoices of the order's currency that could be debited soon and are in no debit that stands or was skipped by a person. */
async function listCandidates(
  tx: Tx,
  order: AutopayEnrollment,
  today: BusinessDate,
): Promise<readonly Candidate[]> {
  const lastDue = addDays(today, ANNOUNCED_AHEAD_DAYS + order.daysBefore)
  const invoices = await tx.invoice.findMany({
    where: {
      ...{ customerId: order.customerId, currency: order.currency },
      ...{ openMinor: { gt: 0n }, dueOn: { lte: toDatabaseDate(lastDue) } },
    },
    include: { autopayItems: { include: { run: true } } },
  })
  return invoices
    .filter(
      ({ autopayItems }) =>
        !autopayItems.some(
          ({ amountMinor, run }) =>
            ['noticed', 'in_progress'].includes(run.state) ||
            run.skippedBy !== null ||
            LEFT_TO_PAYER.has(run.reason ?? '') ||
            // What the limit left out stays out, until an order with another limit takes its place.
            (amountMinor === 0n && run.enrollmentId === order.id),
        ),
    )
    .map((invoice) => ({
      invoiceId: asId<'inv'>(invoice.id),
      dueOn: fromDatabaseDate(invoice.dueOn),
      ...{ siteId: invoice.siteId, poNumber: invoice.poNumber, totalMinor: invoice.totalMinor },
      payableMinor: invoice.openMinor - invoice.heldMinor,
      wasAnnounced: invoice.autopayItems.some(({ amountMinor }) => amountMinor > 0n),
    }))
}

async function listKnown(tx: Tx, enrollmentId: string, today: BusinessDate): Promise<readonly KnownDebit[]> {
  const runs = await tx.autopayRun.findMany({
    where: { enrollmentId, attemptNo: 1, debitOn: { gte: toDatabaseDate(today) } },
    include: { items: true },
  })
  return runs.map((run) => ({
    debitOn: fromDatabaseDate(run.debitOn),
    isOpen: run.state === 'noticed',
    items: run.items
      .filter(({ amountMinor }) => amountMinor > 0n)
      .map(({ invoiceId, amountMinor }) => ({ invoiceId: asId<'inv'>(invoiceId), amountMinor })),
  }))
}

/** One debit of the plan and its letter. What the limit leaves no invoice for is written down as skipped. */
async function keepDebit(tx: Tx, order: AutopayEnrollment, debit: PlannedDebit, now: Date): Promise<void> {
  const { debitOn, isChange, items, leftOut } = debit
  const added = items.reduce((total, each) => total + each.amountMinor, 0n)
  const runId = isChange
    ? await changeRun(tx, order.id, debitOn, added, now)
    : await makeRun(tx, order, debitOn, added, now)
  await tx.autopayRunItem.createMany({
    data: [...items, ...leftOut.map((invoiceId) => ({ invoiceId, amountMinor: 0n }))].map((each) => ({
      runId,
      ...each,
    })),
  })
  const count = await tx.autopayRunItem.count({ where: { runId } })
  await queueAutopayLetter(
    tx,
    {
      ...{ template: 'autopay-notice', fact: `${runId}:${count}` },
      ...{ customerId: order.customerId, personId: order.acceptedBy, parameters: { runId, isChange } },
    },
    now,
  )
}

async function makeRun(
  tx: Tx,
  { id: enrollmentId, currency }: AutopayEnrollment,
  debitOn: BusinessDate,
  amountMinor: bigint,
  now: Date,
): Promise<AutopayRunId> {
  const id = newId<'run'>()
  const standing =
    amountMinor > 0n
      ? ({ state: 'noticed', reason: null } as const)
      : ({ state: 'skipped', reason: 'over_limit' } as const)
  await tx.autopayRun.create({
    data: {
      ...{ id, enrollmentId, debitOn: toDatabaseDate(debitOn), amountMinor, currency, ...standing },
      ...{ noticedAt: now, createdAt: now, updatedAt: now },
    },
  })
  return id
}

async function changeRun(
  tx: Tx,
  enrollmentId: string,
  debitOn: BusinessDate,
  added: bigint,
  now: Date,
): Promise<AutopayRunId> {
  const day = { enrollmentId, debitOn: toDatabaseDate(debitOn), attemptNo: 1 }
  const { id } = await tx.autopayRun.update({
    where: { enrollmentId_debitOn_attemptNo: day },
    data: { amountMinor: { increment: added }, ...(added > 0n ? { noticedAt: now } : {}), updatedAt: now },
  })
  return asId<'run'>(id)
}
