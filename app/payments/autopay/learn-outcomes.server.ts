/**
 * What became of the debits: read from their payments, which learn it from the processor. A failure makes the next try as a run
 * of its own, or pauses the order; money that the bank takes back later counts as a failure, too.
 */
import { type AutopayRunId, asId, newId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { type AfterFailure, afterFailure, type Failure } from '#app/payments/autopay/after-failure.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import { eachInTurn } from '#app/payments/autopay/each-in-turn.server.ts'
import { pauseOrder } from '#app/payments/autopay/orders/end-order.server.ts'
import { daysOf } from '#app/payments/autopay/plan-debits.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { Payment, Prisma } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'
import { type BusinessDate, businessDateIn, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

/** Learns what is new about all debits under way, and about money that was taken back. */
export async function learnOutcomes(processor: CardProcessor): Promise<void> {
  const ended = await db.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM autopay_run r JOIN payment p ON p.id = r.id
     WHERE r.state = 'in_progress' AND (r.payment_id IS NULL OR p.state IN ('settled', 'failed', 'expired', 'canceled'))
     ORDER BY r.id`
  await eachInTurn(
    () => ended.shift() ?? null,
    ({ id }) => id,
    ({ id }) => learnRun(processor, asId<'run'>(id)),
  )
  const returned = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT r.id FROM autopay_run r JOIN payment_reversal v ON v.payment_id = r.payment_id
     WHERE r.state = 'success' AND v.kind IN ('bank_return', 'chargeback')
       AND NOT EXISTS (SELECT FROM payment_restoration x WHERE x.reversal_id = v.id)
     ORDER BY r.id`
  await eachInTurn(
    () => returned.shift() ?? null,
    ({ id }) => id,
    ({ id }) => learnReturn(asId<'run'>(id)),
  )
}

/** Learns what became of one debit. Without a payment, or while it is on its way, the run stays in progress. */
export async function learnRun(processor: CardProcessor, runId: AutopayRunId): Promise<void> {
  const payment = await db.payment.findUnique({ where: { id: runId } })
  if (payment === null) return
  switch (payment.state) {
    case 'settled':
      return finish(runId, { state: 'success', reason: null })
    case 'canceled':
      return finish(runId, { state: 'skipped', reason: 'canceled' })
    case 'failed':
    case 'expired':
      return learnFailure(processor, runId, payment)
    case 'created':
    case 'awaiting_customer':
    case 'requires_action':
    case 'processing':
      return finish(runId, {})
  }
}

async function finish(
  runId: AutopayRunId,
  outcome: Pick<Prisma.AutopayRunUncheckedUpdateManyInput, 'state' | 'reason'>,
): Promise<void> {
  const now = await readNow()
  await db.autopayRun.updateMany({
    where: { id: runId, state: 'in_progress' },
    data: { paymentId: runId, ...outcome, updatedAt: now },
  })
}

/** What the network says about a decline is read again at the processor; while it cannot be, this waits. */
async function learnFailure(processor: CardProcessor, runId: AutopayRunId, payment: Payment): Promise<void> {
  const { stripePaymentIntentId: intentId, failureCode, method } = payment
  try {
    const intent = intentId === null ? null : await processor.readIntent(intentId)
    await fail(runId, 'in_progress', failureCode ?? 'declined', {
      kind: method === 'us_bank_account' || method === 'link' ? method : 'card',
      code: failureCode ?? intent?.charge?.failureCode ?? null,
      networkCode: method === 'us_bank_account' ? (intent?.charge?.networkCode ?? null) : null,
      advice: intent?.advice ?? null,
    })
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ runId, code: error.code }, 'the processor cannot be asked why a debit failed')
  }
}

/** The bank took back what had arrived: a return like R01 may be tried again, anything else may not. */
async function learnReturn(runId: AutopayRunId): Promise<void> {
  const reversal = await db.paymentReversal.findFirst({
    where: { paymentId: runId, kind: { in: ['bank_return', 'chargeback'] }, restored: null },
    orderBy: { recordedAt: 'desc' },
  })
  if (reversal === null) return
  const chargeback = await db.chargeback.findUnique({ where: { providerDisputeId: reversal.providerId } })
  const code = reversal.kind === 'chargeback' ? 'charged_back' : reversal.reason
  const facts = { kind: 'us_bank_account', code, networkCode: chargeback?.networkCode ?? null } as const
  await fail(runId, 'success', reversal.kind === 'chargeback' ? 'charged_back' : 'returned', {
    ...facts,
    advice: null,
  })
}

async function fail(
  runId: AutopayRunId,
  from: 'in_progress' | 'success',
  reason: string,
  facts: Omit<Failure, 'attemptNo' | 'failedOn'>,
): Promise<void> {
  await withTransaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM autopay_run WHERE id = ${runId}::uuid FOR UPDATE`
    const run = await tx.autopayRun.findUniqueOrThrow({
      where: { id: runId },
      include: FAILED,
    })
    if (run.state !== from) return
    const now = await readNow(tx)
    const { timeZone } = await getSupplier(tx)
    const failedOn = businessDateIn(timeZone, now)
    const after = afterOf(run.enrollment, { ...facts, attemptNo: run.attemptNo, failedOn })
    const nextTryAt = after?.next === 'retry' ? toDatabaseDate(after.on) : null
    await tx.autopayRun.update({
      where: { id: runId },
      data: { state: 'error', reason, paymentId: runId, nextTryAt, updatedAt: now },
    })
    if (after?.next === 'retry') await makeNextTry(tx, run, after.on, now)
    await tell(tx, run, after, now)
  })
}

/** A pause that the return itself has brought comes before any further try; an order that has ended makes none. */
function afterOf({ state, pausedReason }: FailedRun['enrollment'], failure: Failure): AfterFailure | null {
  if (state === 'ended') return null
  if (state === 'paused' && (pausedReason === 'second_return' || pausedReason === 'forbidden_return'))
    return { next: 'pause', reason: pausedReason }
  return afterFailure(failure)
}

const FAILED = {
  enrollment: { include: { savedMethod: { select: { kind: true } } } },
  items: true,
} as const satisfies Prisma.AutopayRunInclude
type FailedRun = Prisma.AutopayRunGetPayload<{ include: typeof FAILED }>

/**
 * The next try: the same debit with what was announced, as a run and a payment of its own. Credit was used with the first; a discount
 * stays where this try is in time for it, too.
 */
async function makeNextTry(tx: Tx, run: FailedRun, on: BusinessDate, now: Date): Promise<void> {
  const id = newId<'run'>()
  const nextTryAt = toDatabaseDate(on)
  const { enrollmentId, debitOn, amountMinor, currency, noticedAt } = run
  await tx.autopayRun.create({
    data: {
      ...{ id, enrollmentId, debitOn, amountMinor, currency, noticedAt, nextTryAt },
      ...{ attemptNo: run.attemptNo + 1, state: 'noticed', createdAt: now, updatedAt: now },
    },
  })
  const stillEarned = await discountsEarnedOn(tx, run, on)
  const items = run.items.filter((each) => each.amountMinor > 0n)
  await tx.autopayRunItem.createMany({
    data: items.map(({ invoiceId, ...each }) => ({
      ...{ runId: id, invoiceId, amountMinor: each.amountMinor, creditMinor: 0n },
      discountMinor: stillEarned.has(invoiceId) ? each.discountMinor : 0n,
    })),
  })
}

/** The invoices of which a debit that begins on this day earns the discount that the failed one had. */
async function discountsEarnedOn(tx: Tx, run: FailedRun, on: BusinessDate): Promise<ReadonlySet<string>> {
  const paid = await tx.paymentItem.findMany({ where: { paymentId: run.id, discountUntil: { not: null } } })
  const { begins, arrives } = daysOf(run.enrollment.savedMethod.kind, on)
  const inTime = paid.filter(({ discountBasis, discountUntil }) => {
    const day = discountBasis === 'settled' ? arrives : begins
    return discountUntil !== null && day <= fromDatabaseDate(discountUntil)
  })
  return new Set(inTime.map(({ invoiceId }) => invoiceId))
}

async function tell(tx: Tx, run: FailedRun, after: AfterFailure | null, now: Date): Promise<void> {
  const { customerId, acceptedBy: personId, id } = run.enrollment
  const pausedReason = after?.next === 'pause' ? after.reason : null
  const retryOn = after?.next === 'retry' ? after.on : null
  const parameters = { runId: run.id, enrollmentId: id, retryOn, pausedReason }
  await queueAutopayLetter(
    tx,
    { template: 'autopay-failed', fact: `${run.id}:${run.state}`, customerId, personId, parameters },
    now,
  )
  if (pausedReason !== null) await pauseOrder(tx, id, pausedReason, now)
}
