/**
 * One write to the processor, sent as it was stored. `sent` is committed before the call and the outcome after it, so a
 * crash in between leaves a write that is asked about again: with the same key while the processor still knows it (23 h),
 * by looking for what it may have made after that, and by a person when nothing is found. A time-out is never a failure.
 */
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { isKeyFresh, isOfWrongClock, UNANSWERED_AFTER_MS } from '#app/payments/patience.ts'
import type { AttemptState } from '#app/payments/payment.ts'
import { hasEnded } from '#app/payments/payment.ts'
import { markAttempt, openException, resolveException } from '#app/payments/posting.server.ts'
import { getWrite } from '#app/payments/writes/all-writes.server.ts'
import { LATE_OPERATIONS } from '#app/payments/writes/operations.ts'
import type { StoredAttempt, WriteAnswer } from '#app/payments/writes/provider-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withRetry, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/**
 * Sends an attempt, or asks about one whose outcome is unknown; answers the state it is in afterwards. One that is
 * answered, declined or just being sent by someone else is left alone. Gateway faults become states, not errors.
 */
export async function sendAttempt(processor: CardProcessor, attemptId: string): Promise<AttemptState> {
  const attempt = await findAttempt(attemptId)
  if (attempt === null) throw new Error(`There is no attempt ${attemptId}`)
  const now = await readNow()
  switch (attempt.state) {
    case 'answered':
    case 'declined':
      return attempt.state
    case 'recorded':
      return isMoot(attempt) ? attempt.state : send(processor, attempt, now)
    case 'sent':
      return isBeingSent(attempt, now) ? attempt.state : ask(processor, attempt, now)
    case 'unknown':
      return ask(processor, attempt, now)
  }
}

async function findAttempt(attemptId: string): Promise<StoredAttempt | null> {
  return db.paymentAttempt.findUnique({ where: { id: attemptId }, include: { payment: true } })
}

/** What a payment was to begin or end with is not sent once it has ended. */
function isMoot(attempt: StoredAttempt): boolean {
  return hasEnded(attempt.payment.state) && !LATE_OPERATIONS.includes(attempt.operation)
}

function isBeingSent(attempt: StoredAttempt, now: Date): boolean {
  const { lastSentAt } = attempt
  if (lastSentAt === null || isOfWrongClock(lastSentAt, now)) return false
  return now.getTime() - lastSentAt.getTime() < UNANSWERED_AFTER_MS
}

async function ask(processor: CardProcessor, attempt: StoredAttempt, now: Date): Promise<AttemptState> {
  if (attempt.firstSentAt === null) throw new Error(`Attempt ${attempt.id} was sent at no time`)
  return isKeyFresh(attempt.firstSentAt, now)
    ? send(processor, attempt, now)
    : lookFor(processor, attempt, now)
}

async function send(processor: CardProcessor, attempt: StoredAttempt, now: Date): Promise<AttemptState> {
  // Nothing else can have paid these invoices meanwhile: open_payment holds every minor unit of the attempt, and holds
  // never overlap. For the same reason no other checkout of these amounts is open when this one settles.
  await withRetry(() => markAttempt(db, attempt.id, 'sent', {}, now))
  try {
    return await keepAnswer(attempt, await getWrite(attempt.operation).send(processor, attempt))
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    return keepFault(attempt, error)
  }
}

async function keepAnswer(attempt: StoredAttempt, answer: WriteAnswer): Promise<AttemptState> {
  const now = await readNow()
  await withTransaction(async (tx) => {
    const detail = { responseId: answer.responseId, providerRequestId: answer.requestId }
    await markAttempt(tx, attempt.id, 'answered', detail, now)
    await answer.keep(tx, now)
    if (attempt.state === 'unknown')
      await resolveException(tx, unknownCaseKey(attempt.id), 'The answer was found.', now)
  })
  return 'answered'
}

async function keepFault(attempt: StoredAttempt, fault: GatewayFault): Promise<AttemptState> {
  const now = await readNow()
  const state = fault.kind === 'rejected' ? 'declined' : 'unknown'
  const detail = { errorCode: fault.code, errorText: fault.message, providerRequestId: fault.requestId }
  log.warn(
    { attemptId: attempt.id, operation: attempt.operation, kind: fault.kind, code: fault.code },
    'a write went wrong',
  )
  await withTransaction(async (tx) => {
    await markAttempt(tx, attempt.id, state, detail, now)
    if (state === 'declined') await getWrite(attempt.operation).refused(tx, attempt, fault.code, now)
  })
  return state
}

/** The key is too old to be sent again: the processor may have forgotten it and would do the work twice. */
async function lookFor(processor: CardProcessor, attempt: StoredAttempt, now: Date): Promise<AttemptState> {
  try {
    const found = await getWrite(attempt.operation).find(processor, attempt)
    if (found !== null) return await keepAnswer(attempt, found)
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn(
      { attemptId: attempt.id, code: error.code },
      'the processor cannot be asked about an unknown write',
    )
    return attempt.state
  }
  await withTransaction((tx) => {
    const detail = {
      subjectId: attempt.paymentId,
      customerId: attempt.payment.customerId,
      attemptId: attempt.id,
      operation: attempt.operation,
      firstSentAt: attempt.firstSentAt?.toISOString(),
    }
    return openException(tx, 'attempt.unknown', unknownCaseKey(attempt.id), detail, now)
  })
  return attempt.state
}

/** Key of the case that asks a person about a write. */
export function unknownCaseKey(attemptId: string): string {
  return `attempt.unknown:${attemptId}`
}
