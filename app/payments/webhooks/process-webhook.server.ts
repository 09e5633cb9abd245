import { asId, type PaymentId } from '#app/books/ids.ts'
import type { CardProcessor, ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { learnOfMethods } from '#app/payments/methods/learn-of-methods.server.ts'
import { UNMATCHED_AFTER_MS } from '#app/payments/patience.ts'
import { openException } from '#app/payments/posting.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { NEVER_REACHED } from '#app/payments/writes/declare-never-sent.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/** How long until an event that names no payment is looked at again, in real time. */
const LOOK_AGAIN_MS = 30_000

/** Events that say that money moved: one of them without a payment of ours is for a person. */
const MONEY_EVENTS: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'payment_intent.succeeded',
  'charge.succeeded',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.funds_withdrawn',
])

/**
 * Looks again at the payment that a stored event is about. An event whose payment is not there yet is kept and looked at
 * again for five minutes; then a person is told. One that neither moves money nor names a payment is put aside. Throws when
 * the processor cannot be read, so that the job is run again.
 */
export async function processWebhook(processor: CardProcessor, eventId: string): Promise<void> {
  const row = await db.webhookInbox.findUnique({ where: { id: eventId } })
  if (row === null) throw new Error(`There is no event ${eventId}`)
  if (row.processedAt !== null) return
  const event = processor.readEvent(row.payload)
  const paymentId = await findPaymentOf(processor, event, row.paymentId)
  const now = await readNow()
  if (paymentId !== null) {
    if (!(await isReadSince(paymentId, row.receivedAt))) await tryToSync(processor, eventId, paymentId)
    await withTransaction(async (tx) => {
      await finish(tx, eventId, 'synced', now, paymentId)
      if (MONEY_EVENTS.has(event.type)) await reportLateMoney(tx, paymentId, eventId, now)
    })
    return
  }
  if (await learnOfMethods(processor, event)) return finish(db, eventId, 'synced', now, null)
  // Other systems may share the processor's account: what neither moves money nor names a payment of ours is theirs.
  if (!MONEY_EVENTS.has(event.type) && event.reference === null)
    return finish(db, eventId, 'ignored', now, null)
  if (now.getTime() - row.receivedAt.getTime() < UNMATCHED_AFTER_MS) return lookAgain(eventId)
  await withTransaction(async (tx) => {
    await finish(tx, eventId, 'unmatched', now, null)
    const detail = { subjectId: event.objectId, eventId, type: event.type, reference: event.reference }
    await openException(tx, 'webhook.unmatched', `webhook.unmatched:${event.objectId}`, detail, now)
  })
}

/** Money of a payment that a person has declared never sent, and that reading it did not book. */
async function reportLateMoney(tx: Tx, paymentId: PaymentId, eventId: string, now: Date): Promise<void> {
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } })
  if (payment.failureCode !== NEVER_REACHED || payment.state === 'settled') return
  const detail = { subjectId: paymentId, customerId: payment.customerId, eventId }
  await openException(tx, 'payment.reached-after-all', `payment.reached-after-all:${paymentId}`, detail, now)
}

/**
 * Whether a reading of this payment that began after `at` is booked: then it has seen whatever an event of before says.
 * The events of one payment come in a handful at once, so one reading mostly serves them all.
 */
async function isReadSince(paymentId: PaymentId, at: Date): Promise<boolean> {
  const payment = await db.payment.findUnique({ where: { id: paymentId }, select: { syncedAt: true } })
  return payment !== null && payment.syncedAt !== null && payment.syncedAt > at
}

async function tryToSync(processor: CardProcessor, eventId: string, paymentId: PaymentId): Promise<void> {
  try {
    await syncPayment(processor, paymentId, 'provider')
  } catch (error) {
    const lastError = error instanceof Error ? error.message : String(error)
    await db.webhookInbox.update({ where: { id: eventId }, data: { attempts: { increment: 1 }, lastError } })
    throw error
  }
}

/** The payment that an event is about: by our reference, by the processor's ids that we know, or by its charge. */
async function findPaymentOf(
  processor: CardProcessor,
  event: ProcessorEvent,
  named: string | null,
): Promise<PaymentId | null> {
  const ids = [
    ...(named === null ? [] : [{ id: named }]),
    ...(event.checkoutId === null ? [] : [{ stripeCheckoutSessionId: event.checkoutId }]),
    ...(event.intentId === null ? [] : [{ stripePaymentIntentId: event.intentId }]),
    ...(event.chargeId === null ? [] : [{ stripeChargeId: event.chargeId }]),
  ]
  const payment =
    ids.length === 0 ? null : await db.payment.findFirst({ where: { OR: ids }, select: { id: true } })
  if (payment !== null) return asId<'pay'>(payment.id)
  if (event.reference !== null || event.chargeId === null) return null
  const charge = await processor.readCharge(event.chargeId)
  if (charge === null || charge.intentId === null) return null
  const paid = await db.payment.findUnique({
    where: { stripePaymentIntentId: charge.intentId },
    select: { id: true },
  })
  return paid === null ? null : asId<'pay'>(paid.id)
}

async function lookAgain(eventId: string): Promise<void> {
  await withTransaction(async (tx) => {
    await tx.webhookInbox.update({ where: { id: eventId }, data: { attempts: { increment: 1 } } })
    await addJob(
      tx,
      'payments:process-webhook',
      { eventId },
      { key: `payments:process-webhook:${eventId}`, afterMs: LOOK_AGAIN_MS },
    )
  })
}

async function finish(
  client: Tx,
  eventId: string,
  outcome: 'synced' | 'ignored' | 'unmatched',
  now: Date,
  paymentId: PaymentId | null,
): Promise<void> {
  await client.webhookInbox.update({
    where: { id: eventId },
    data: {
      processedAt: now,
      outcome,
      attempts: { increment: 1 },
      lastError: null,
      ...(paymentId === null ? {} : { paymentId }),
    },
  })
}
