import type { DisputeReading } from '#app/gateways/stripe/port.ts'
import { recordChargeback } from '#app/payments/chargebacks/chargeback-posting.server.ts'
import { openException } from '#app/payments/posting.server.ts'
import { effectiveDay } from '#app/payments/reading/checkout-move.ts'
import type { ReadingScene } from '#app/payments/reading/reading-scene.ts'
import { applyReturn } from '#app/payments/returns/apply-return.server.ts'
import type { Tx } from '#app/platform/db.server.ts'

/** Books what the processor says of a payment's disputes, oldest first. A bank debit that came back also changes what may be debited next. */
export async function bookChargebacks(
  tx: Tx,
  scene: ReadingScene,
  disputes: readonly DisputeReading[],
): Promise<void> {
  for (const each of disputes.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()))
    await bookOne(tx, scene, each)
}

async function bookOne(tx: Tx, scene: ReadingScene, reading: DisputeReading): Promise<void> {
  const { payment, isBankDebit, timeZone, now } = scene
  const booked = await recordChargeback(
    tx,
    {
      paymentId: payment.id,
      disputeId: reading.disputeId,
      amountMinor: reading.amountMinor.toString(),
      reason: reading.reason,
      networkCode: reading.networkCode,
      state: reading.state,
      isWithdrawn: reading.withdrawnAt !== null,
      isReinstated: reading.isReinstated,
      isFinal: isBankDebit,
      evidenceDueAt: reading.evidenceDueAt,
      openedAt: reading.createdAt,
      withdrawnOn: effectiveDay(timeZone, reading.withdrawnAt ?? reading.createdAt, now),
    },
    now,
  )
  if (booked.moved === 'returned')
    await applyReturn(tx, { payment, kind: 'returned', code: reading.networkCode ?? reading.reason }, now)
  // A reading that was overtaken may be old; one that is fresh and does not fit its table is for a person.
  if (scene.isOvertaken || booked.state === reading.state) return
  const facts = { providerId: reading.disputeId, amountMinor: reading.amountMinor.toString() }
  const states = { state: booked.state, processorSays: reading.state }
  const detail = { subjectId: payment.id, customerId: payment.customerId, ...facts, ...states }
  await openException(tx, 'chargeback.strange', `chargeback.strange:${reading.disputeId}`, detail, now)
}
