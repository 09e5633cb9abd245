import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { isLongUnheard } from '#app/payments/patience.ts'
import type { AttemptState } from '#app/payments/payment.ts'
import { markAttempt, resolveException } from '#app/payments/posting.server.ts'
import { getWrite } from '#app/payments/writes/all-writes.server.ts'
import { NEVER_REACHED } from '#app/payments/writes/declare-never-sent.server.ts'
import { LATE_OPERATIONS } from '#app/payments/writes/operations.ts'
import type { StoredAttempt } from '#app/payments/writes/provider-write.server.ts'
import { unknownCaseKey } from '#app/payments/writes/send-attempt.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'
import { log } from '#app/platform/log.server.ts'

const RESOLUTION =
  'A person said, after the card service was asked again and knew nothing of it, that it was never reached.'

type Sent = {
  readonly operation: string
  readonly state: AttemptState
  readonly lastSentAt: Date | null
}

/** Whether a write about a settled payment was last sent a day ago and never answered. */
export function isWriteUnheard({ operation, state, lastSentAt }: Sent, now: Date): boolean {
  const isOpen = state === 'sent' || state === 'unknown'
  return isOpen && LATE_OPERATIONS.includes(operation) && isLongUnheard(lastSentAt, now)
}

/**
 * A person's word that refunds of a payment, or answers to its chargebacks, never reached the processor: a refund has failed, and an
 * answer can be given again. Taken only a day after they were last sent, when the processor does nothing with them any more, and
 * after a fresh look that finds none. Refusals: NOTHING_UNHEARD, WRITE_REACHED_PROVIDER, PROVIDER_NOT_READ.
 */
export async function declareWritesNeverSent(
  processor: CardProcessor,
  paymentId: PaymentId,
  personId: PersonId,
): Promise<Result<object>> {
  const seen = await listUnheard(db, paymentId)
  if (seen.length === 0) return refuse('NOTHING_UNHEARD')
  try {
    for (const attempt of seen) {
      if ((await getWrite(attempt.operation).find(processor, attempt)) === null) continue
      await withTransaction((tx) => askAgain(tx, attempt.id))
      return refuse('WRITE_REACHED_PROVIDER')
    }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'the processor cannot be asked about a write')
    return refuse('PROVIDER_NOT_READ')
  }
  return withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payment.sync:${paymentId}`}, 0))`
    const now = await readNow(tx)
    // One that was answered, or sent once more, since the look is newer than the look.
    const still = (await listUnheard(tx, paymentId)).filter(({ id }) => seen.some((each) => each.id === id))
    const [first] = still
    if (first === undefined) return refuse('NOTHING_UNHEARD')
    for (const attempt of still) {
      await markAttempt(tx, attempt.id, 'declined', { errorCode: NEVER_REACHED }, now)
      await getWrite(attempt.operation).refused(tx, attempt, NEVER_REACHED, now)
      await resolveException(tx, unknownCaseKey(attempt.id), RESOLUTION, now)
    }
    await recordAudit(
      {
        ...{ actorKind: 'staff', actorId: personId, action: 'payment.writes-declared-never-sent' },
        ...{ customerId: first.payment.customerId, subjectId: paymentId },
        detail: { operations: still.map(({ operation }) => operation).join(', ') },
      },
      tx,
    )
    return { ok: true }
  })
}

async function listUnheard(client: Tx, paymentId: PaymentId): Promise<readonly StoredAttempt[]> {
  const now = await readNow(client)
  const attempts = await client.paymentAttempt.findMany({
    where: { paymentId, state: { in: ['sent', 'unknown'] } },
    include: { payment: true },
  })
  return attempts.filter((each) => isWriteUnheard(each, now))
}

/** It got there after all: the usual job keeps what it made. */
function askAgain(tx: Tx, attemptId: string): Promise<void> {
  return addJob(tx, 'payments:send-attempt', { attemptId }, { key: `payments:send-attempt:${attemptId}` })
}
