import { decodeId, newId } from '#app/books/ids.ts'
import type { RefundReading } from '#app/gateways/stripe/port.ts'
import { openException, takeFromPayment } from '#app/payments/posting.server.ts'
import { effectiveDay } from '#app/payments/reading/checkout-move.ts'
import type { ReadingScene } from '#app/payments/reading/reading-scene.ts'
import { giveBackToPayment, syncRefund } from '#app/payments/refunds/refund-posting.server.ts'
import { refundNews } from '#app/payments/refunds/refund-write.server.ts'
import type { Tx } from '#app/platform/db.server.ts'

/**
 * Books what the processor says of a payment's refunds, oldest first. Ours move by their table, through refunds payable. One that was
 * made in the processor's dashboard is booked once it went out, and again should it come back: that also needs a person, who finds
 * another way to pay the customer.
 */
export async function bookRefunds(
  tx: Tx,
  scene: ReadingScene,
  refunds: readonly RefundReading[],
): Promise<void> {
  if (refunds.length === 0) return
  const known = await tx.refund.findMany({ where: { paymentId: scene.payment.id } })
  for (const reading of refunds.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())) {
    const id = decodeId('rfd', reading.reference ?? '')
    const ours = known.find((each) => each.id === id && each.amountMinor === reading.amountMinor)
    if (ours === undefined) await bookForeign(tx, scene, reading)
    else await bookOurs(tx, scene, ours.id, reading)
  }
}

async function bookOurs(
  tx: Tx,
  scene: ReadingScene,
  refundId: string,
  reading: RefundReading,
): Promise<void> {
  const { payment, now } = scene
  await syncRefund(tx, refundNews(refundId, payment.id, reading, dayOf(scene, reading)), now)
}

async function bookForeign(tx: Tx, scene: ReadingScene, reading: RefundReading): Promise<void> {
  const { payment, now } = scene
  const effectiveOn = dayOf(scene, reading)
  switch (reading.status) {
    case 'pending':
      return
    case 'succeeded': {
      const reversal = {
        id: newId<'rev'>(),
        paymentId: payment.id,
        kind: 'refund',
        amountMinor: reading.amountMinor.toString(),
        providerId: reading.refundId,
        reason: reading.reason,
        effectiveOn,
      }
      await takeFromPayment(tx, reversal, now)
      return
    }
    case 'failed':
    case 'canceled': {
      const given = { id: newId(), providerId: reading.refundId, effectiveOn }
      const booked = await giveBackToPayment(tx, given, now)
      // It may have failed before it was ever booked.
      if (!booked.ok || !booked.restored) return
      const detail = { subjectId: payment.id, customerId: payment.customerId, providerId: reading.refundId }
      const caseKey = `payment.reversal-undone:${reading.refundId}`
      await openException(tx, 'payment.reversal-undone', caseKey, detail, now)
    }
  }
}

/** The day of what a reading says: that of the refund as long as it stands, today once it came back. */
function dayOf({ timeZone, now }: ReadingScene, { status, createdAt }: RefundReading) {
  const isUndone = status === 'failed' || status === 'canceled'
  return effectiveDay(timeZone, isUndone ? now : createdAt, now)
}
