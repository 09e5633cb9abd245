import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { isLongUnheard } from '#app/payments/patience.ts'
import { hasEnded, type PaymentState } from '#app/payments/payment.ts'
import { advancePayment, markAttempt, resolveException } from '#app/payments/posting.server.ts'
import { getWrite } from '#app/payments/writes/all-writes.server.ts'
import { OPENING_OPERATIONS } from '#app/payments/writes/operations.ts'
import type { StoredAttempt } from '#app/payments/writes/provider-write.server.ts'
import { unknownCaseKey } from '#app/payments/writes/send-attempt.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { PaymentAttempt } from '#app/platform/generated/client.ts'
import { addJob } from '#app/platform/jobs.server.ts'
import { log } from '#app/platform/log.server.ts'

/** Failure code of a payment that a person has ended so. */
export const NEVER_REACHED = 'never_reached'

const RESOLUTION =
  'A person said, after the card service was asked again and knew nothing, that it was never reached.'

/**
 * A person's word that a payment never reached the processor: it fails and its holds are freed. Taken only a day after its
 * checkout was last asked for, when the processor can have made nothing new of it any more, and after a fresh look that
 * finds none. Money that came all the same would still be told to a person. Refusals: PAYMENT_NOT_FOUND, PAYMENT_HAS_ENDED,
 * PAYMENT_TOO_YOUNG_TO_END, PAYMENT_REACHED_PROVIDER, PROVIDER_NOT_READ.
 */
export async function declareNeverSent(
  processor: CardProcessor,
  paymentId: PaymentId,
  personId: PersonId,
): Promise<Result<object>> {
  const seen = await mayDeclare(db, paymentId)
  if (!seen.ok) return seen
  try {
    if (await isKnown(processor, seen)) {
      await withTransaction((tx) => lookAfter(tx, paymentId, seen.created.id))
      return refuse('PAYMENT_REACHED_PROVIDER')
    }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'the processor cannot be asked about a payment')
    return refuse('PROVIDER_NOT_READ')
  }
  return withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payment.sync:${paymentId}`}, 0))`
    const now = await readNow(tx)
    const still = await mayDeclare(tx, paymentId)
    if (!still.ok) return still
    // What was heard since the look is newer than the look.
    if (still.checkoutId !== seen.checkoutId || still.intentId !== seen.intentId)
      return refuse('PAYMENT_REACHED_PROVIDER')
    for (const { id, state } of still.attempts) {
      if (state === 'sent' || state === 'unknown')
        await markAttempt(tx, id, 'declined', { errorCode: NEVER_REACHED }, now)
      await resolveException(tx, unknownCaseKey(id), RESOLUTION, now)
    }
    await advancePayment(tx, paymentId, 'failed', 'request', { failureCode: NEVER_REACHED }, now)
    await resolveException(tx, `payment.checkout-strange:${paymentId}`, RESOLUTION, now)
    const { customerId } = still
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: 'payment.declared-never-sent',
        customerId,
        subjectId: paymentId,
      },
      tx,
    )
    return { ok: true }
  })
}

type Declarable = {
  readonly customerId: string
  readonly checkoutId: string | null
  readonly intentId: string | null
  readonly attempts: readonly PaymentAttempt[]
  /** The write by which it began. */
  readonly created: StoredAttempt
}

type Sent = { readonly operation: string; readonly lastSentAt: Date | null }

const beginsPayment = ({ operation }: { readonly operation: string }): boolean =>
  OPENING_OPERATIONS.includes(operation)

/** Whether a payment goes on a day after its checkout was last asked for: no checkout lives so long. */
export function isLongUnsettled(
  payment: { readonly state: PaymentState; readonly attempts: readonly Sent[] },
  now: Date,
): boolean {
  const lastSentAt = payment.attempts.find(beginsPayment)?.lastSentAt ?? null
  // What is on its way was reached, and a bank takes days.
  return !hasEnded(payment.state) && payment.state !== 'processing' && isLongUnheard(lastSentAt, now)
}

async function mayDeclare(client: Tx, paymentId: PaymentId): Promise<Result<Declarable>> {
  const payment = await client.payment.findUnique({ where: { id: paymentId }, include: { attempts: true } })
  if (payment === null) return refuse('PAYMENT_NOT_FOUND')
  if (hasEnded(payment.state)) return refuse('PAYMENT_HAS_ENDED')
  const created = payment.attempts.find(beginsPayment)
  if (created === undefined || !isLongUnsettled(payment, await readNow(client)))
    return refuse('PAYMENT_TOO_YOUNG_TO_END')
  const { attempts, ...row } = payment
  const { customerId, stripeCheckoutSessionId: checkoutId, stripePaymentIntentId: intentId } = row
  return { ok: true, customerId, checkoutId, intentId, attempts, created: { ...created, payment: row } }
}

/** Whether the processor has it: under the id that we know, or under our own reference. */
async function isKnown(
  processor: CardProcessor,
  { checkoutId, intentId, created }: Declarable,
): Promise<boolean> {
  if (checkoutId !== null && (await processor.readCheckout(checkoutId)) !== null) return true
  if (intentId !== null && (await processor.readIntent(intentId)) !== null) return true
  return (await getWrite(created.operation).find(processor, created)) !== null
}

/** The checkout is there after all: whatever is to be learnt of it is learnt by the usual jobs. */
async function lookAfter(tx: Tx, paymentId: PaymentId, attemptId: string): Promise<void> {
  await addJob(tx, 'payments:send-attempt', { attemptId }, { key: `payments:send-attempt:${attemptId}` })
  await addJob(tx, 'payments:sync', { paymentId }, { key: `payments:sync:${paymentId}` })
}
