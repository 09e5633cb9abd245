/**
 * Announces debits: for each active order, what planDebits says today, each with its letter. One order at a time and under the
 * customer's lock, so that two workers make one debit. What was paid otherwise meanwhile is taken off the list at once.
 */
import { type AutopayRunId, asId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import { orderOf } from '#app/payments/autopay/autopay-rows.server.ts'
import { eachInTurn } from '#app/payments/autopay/each-in-turn.server.ts'
import { lockOrders, pauseOrder, tellOfPause } from '#app/payments/autopay/orders/end-order.server.ts'
import {
  ANNOUNCED_AHEAD_DAYS,
  type Candidate,
  isLeftOut,
  type KnownDebit,
  type PlannedDebit,
  planDebits,
} from '#app/payments/autopay/plan-debits.ts'
import { readCartBooks } from '#app/payments/cart/cart-facts.server.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable } from '#app/payments/methods/saved-method.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { AutopayEnrollment, AutopayRun, AutopayRunItem } from '#app/platform/generated/client.ts'
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
        WHERE i.run_id = r.id AND i.amount_minor + i.credit_minor > 0 AND v.open_minor > 0)`
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
    const { candidates, creditMinor } = await readCandidates(tx, order, today)
    const known = await listKnown(tx, orderId, today)
    const means = { methodKind: method.kind, creditMinor }
    const planned = planDebits(orderOf(order, timeZone), candidates, known, means, today)
    for (const debit of planned) await keepDebit(tx, order, debit, now)
    return planned.length
  })
}

/** Reasons after which another notice for the same invoice would only come to nothing again. */
const LEFT_TO_PAYER: ReadonlySet<string> = new Set(['canceled', 'not_payable'])

/**
 * Invoices of the order's currency that could be debited soon and are in no debit that stands or was skipped by a person; and the
 * credit that no announced debit counts on, minor units.
 */
async function readCandidates(
  tx: Tx,
  order: AutopayEnrollment,
  today: BusinessDate,
): Promise<{ readonly candidates: readonly Candidate[]; readonly creditMinor: bigint }> {
  const lastDue = addDays(today, ANNOUNCED_AHEAD_DAYS + order.daysBefore)
  const invoices = await tx.invoice.findMany({
    where: {
      ...{ customerId: order.customerId, currency: order.currency },
      ...{ openMinor: { gt: 0n }, dueOn: { lte: toDatabaseDate(lastDue) } },
    },
    include: { autopayItems: { include: { run: true } } },
  })
  const free = new Map(
    invoices.filter(({ autopayItems }) => isFree(autopayItems, order.id)).map((each) => [each.id, each]),
  )
  const books = await readCartBooks(
    {
      customerId: asId<'cst'>(order.customerId),
      currency: parseCurrency(order.currency),
      invoiceIds: [...free.keys()].map(asId<'inv'>),
    },
    tx,
  )
  const candidates = books.invoices.flatMap((booked) => {
    const invoice = free.get(booked.invoiceId)
    if (invoice === undefined) return []
    const { siteId, poNumber, autopayItems } = invoice
    return [{ ...booked, siteId, poNumber, wasAnnounced: autopayItems.some((item) => !isLeftOut(item)) }]
  })
  const credit = books.credits.reduce((sum, { remaining }) => sum + remaining.minor, 0n)
  const countedOn = await tx.autopayRunItem.aggregate({
    where: { run: { enrollmentId: order.id, state: 'noticed' } },
    _sum: { creditMinor: true },
  })
  const left = credit - (countedOn._sum.creditMinor ?? 0n)
  return { candidates, creditMinor: left > 0n ? left : 0n }
}

type ItemInRun = AutopayRunItem & { readonly run: AutopayRun }

/** Whether an invoice with these items may be announced (again). */
function isFree(items: readonly ItemInRun[], enrollmentId: string): boolean {
  return !items.some(
    ({ run, ...item }) =>
      ['noticed', 'in_progress'].includes(run.state) ||
      run.skippedBy !== null ||
      LEFT_TO_PAYER.has(run.reason ?? '') ||
      // What the limit left out stays out, until an order with another limit takes its place.
      (isLeftOut(item) && run.enrollmentId === enrollmentId),
  )
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
      .filter((item) => !isLeftOut(item))
      .map((item) => ({ ...item, invoiceId: asId<'inv'>(item.invoiceId) })),
  }))
}

/** One debit of the plan and its letter. What the limit leaves no invoice for is written down as skipped. */
async function keepDebit(tx: Tx, order: AutopayEnrollment, debit: PlannedDebit, now: Date): Promise<void> {
  const { debitOn, isChange, items, leftOut } = debit
  const added = items.reduce((total, each) => total + each.amountMinor, 0n)
  const isNoticed = items.length > 0
  const runId = isChange
    ? await changeRun(tx, order.id, debitOn, { added, isNoticed }, now)
    : await makeRun(tx, order, debitOn, { added, isNoticed }, now)
  const nothing = { amountMinor: 0n, creditMinor: 0n, discountMinor: 0n }
  await tx.autopayRunItem.createMany({
    data: [...items, ...leftOut.map((invoiceId) => ({ invoiceId, ...nothing }))].map((each) => ({
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

/** What comes in: minor units to be debited, and whether it is anything at all. */
type Addition = { readonly added: bigint; readonly isNoticed: boolean }

async function makeRun(
  tx: Tx,
  { id: enrollmentId, currency }: AutopayEnrollment,
  debitOn: BusinessDate,
  { added, isNoticed }: Addition,
  now: Date,
): Promise<AutopayRunId> {
  const id = newId<'run'>()
  const standing = isNoticed
    ? ({ state: 'noticed', reason: null } as const)
    : ({ state: 'skipped', reason: 'over_limit' } as const)
  await tx.autopayRun.create({
    data: {
      ...{ id, enrollmentId, debitOn: toDatabaseDate(debitOn), amountMinor: added, currency, ...standing },
      ...{ noticedAt: now, createdAt: now, updatedAt: now },
    },
  })
  return id
}

async function changeRun(
  tx: Tx,
  enrollmentId: string,
  debitOn: BusinessDate,
  { added, isNoticed }: Addition,
  now: Date,
): Promise<AutopayRunId> {
  const day = { enrollmentId, debitOn: toDatabaseDate(debitOn), attemptNo: 1 }
  const { id } = await tx.autopayRun.update({
    where: { enrollmentId_debitOn_attemptNo: day },
    data: { amountMinor: { increment: added }, ...(isNoticed ? { noticedAt: now } : {}), updatedAt: now },
  })
  return asId<'run'>(id)
}
