/**
 * Finds what nobody looks after any more and has it looked at: writes that were stored and never sent, writes whose
 * outcome is unknown, events that wait in the inbox, payments that should have moved. It decides nothing itself.
 */
import { CHARGEBACK_STATES, isOpenChargeback } from '#app/payments/chargebacks/chargeback.ts'
import {
  CLOCK_SLACK_MS,
  isAskDue,
  isPatienceOver,
  readAgainAfterMs,
  UNANSWERED_AFTER_MS,
  UNSENT_AFTER_MS,
} from '#app/payments/patience.ts'
import { hasEnded, PAYMENT_STATES } from '#app/payments/payment.ts'
import { LATE_OPERATIONS } from '#app/payments/writes/operations.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/** How many of each kind one round takes on; the next round, a minute later, takes the rest. */
const ROUND = 200
/** A settled payment whose fee the processor had not worked out is read again for so long. */
const FEE_PATIENCE_MS = 7 * 86_400_000
const HOUR_MS = 3_600_000

/** One round over payments and unsent writes. Answers how many jobs it added. */
export async function sweepStale(): Promise<number> {
  const now = await readNow()
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  // What a clock has noted that ran ahead is as good as long ago.
  const notWithin = (ms: number) => [{ lt: ago(ms) }, { gt: ago(-CLOCK_SLACK_MS) }]
  const attempts = await db.paymentAttempt.findMany({
    where: {
      OR: [
        {
          state: 'recorded',
          createdAt: { lt: ago(UNSENT_AFTER_MS) },
          OR: [
            { payment: { state: { in: PAYMENT_STATES.filter((state) => !hasEnded(state)) } } },
            { operation: { in: [...LATE_OPERATIONS] } },
          ],
        },
        { state: 'sent', OR: notWithin(UNANSWERED_AFTER_MS).map((lastSentAt) => ({ lastSentAt })) },
      ],
    },
    select: { id: true },
    take: ROUND,
  })
  const payments = await db.payment.findMany({
    where: {
      AND: { OR: [{ stripeCheckoutSessionId: { not: null } }, { stripePaymentIntentId: { not: null } }] },
      OR: PAYMENT_STATES.flatMap((state) => {
        const waitMs = readAgainAfterMs(state)
        if (waitMs === null) return []
        // Moved or read within its wait: not stale.
        const [unmoved, unread] = [notWithin(waitMs), [null, ...notWithin(waitMs)]]
        return [
          {
            state,
            AND: [
              { OR: unmoved.map((updatedAt) => ({ updatedAt })) },
              { OR: unread.map((syncedAt) => ({ syncedAt })) },
            ],
          },
        ]
      }),
    },
    // Who was looked at longest ago comes first: payments that a look does not help cannot keep the others waiting.
    orderBy: [{ syncedAt: { sort: 'asc', nulls: 'first' } }, { updatedAt: 'asc' }],
    select: { id: true },
    take: ROUND,
  })
  const feeless = await paymentsWithoutFee(ago(FEE_PATIENCE_MS), ago(HOUR_MS))
  const givenBack = await paymentsGivenBack(ago(HOUR_MS))
  await addSendJobs(attempts.map((each) => each.id))
  const unread = new Set([...payments, ...feeless, ...givenBack].map((each) => each.id))
  await addSyncJobs([...unread])
  return attempts.length + unread.size
}

/** One round over writes whose outcome is unknown and that are due to be asked about. Answers how many jobs it added. */
export async function sweepUnknown(): Promise<number> {
  const now = await readNow()
  const unknown = await db.paymentAttempt.findMany({
    where: { state: 'unknown' },
    orderBy: { createdAt: 'asc' },
    select: { id: true, firstSentAt: true, lastSentAt: true },
    take: ROUND,
  })
  const inHumanHands = await openCases(unknown.map((each) => each.id))
  const due = unknown.filter(({ id, firstSentAt, lastSentAt }) => {
    if (firstSentAt === null || lastSentAt === null || inHumanHands.has(id)) return false
    return isPatienceOver(firstSentAt, now) || isAskDue(firstSentAt, lastSentAt, now)
  })
  await addSendJobs(due.map((each) => each.id))
  return due.length
}

/** Unknown writes that a person has before them; once their case is closed they are asked about again. */
async function openCases(attemptIds: readonly string[]): Promise<ReadonlySet<string>> {
  const cases = await db.exceptionCase.findMany({
    where: { caseKey: { in: attemptIds.map((id) => `attempt.unknown:${id}`) }, resolvedAt: null },
    select: { caseKey: true },
  })
  return new Set(cases.map((each) => each.caseKey.slice('attempt.unknown:'.length)))
}

/** Settled card payments whose fee is not booked: its event may have been lost. */
async function paymentsWithoutFee(after: Date, before: Date): Promise<{ id: string }[]> {
  return db.$queryRaw<{ id: string }[]>`
    SELECT p.id::text AS id FROM payment p
     WHERE p.state = 'settled' AND p.stripe_charge_id IS NOT NULL AND p.settled_at > ${after} AND p.settled_at < ${before}
       AND (p.synced_at IS NULL OR p.synced_at < ${before})
       AND NOT EXISTS (SELECT FROM journal j JOIN posting q ON q.journal_id = j.id
                        WHERE j.record_id = p.id AND j.kind = 'provider.fee' AND q.account_code = 5000)
     ORDER BY p.settled_at LIMIT ${ROUND}`
}

/** Payments with a refund on its way or a chargeback that has not ended, unread since `before`: their events may have been lost. */
async function paymentsGivenBack(before: Date): Promise<{ id: string }[]> {
  return db.payment.findMany({
    where: {
      OR: [
        { refunds: { some: { state: { in: ['sent', 'pending'] } } } },
        { chargebacks: { some: { state: { in: CHARGEBACK_STATES.filter(isOpenChargeback) } } } },
      ],
      AND: { OR: [{ syncedAt: null }, { syncedAt: { lt: before } }] },
    },
    orderBy: { syncedAt: { sort: 'asc', nulls: 'first' } },
    select: { id: true },
    take: ROUND,
  })
}

async function addSendJobs(attemptIds: readonly string[]): Promise<void> {
  if (attemptIds.length === 0) return
  await withTransaction(async (tx) => {
    for (const attemptId of attemptIds)
      await addJob(tx, 'payments:send-attempt', { attemptId }, { key: `payments:send-attempt:${attemptId}` })
  })
}

async function addSyncJobs(paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return
  await withTransaction(async (tx) => {
    for (const paymentId of paymentIds)
      await addJob(tx, 'payments:sync', { paymentId }, { key: `payments:sync:${paymentId}` })
  })
}
