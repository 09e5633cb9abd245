import { newId } from '#app/books/ids.ts'
import { bookChargebacks } from '#app/payments/chargebacks/book-chargebacks.server.ts'
import { openException, takeFromPayment } from '#app/payments/posting.server.ts'
import { effectiveDay } from '#app/payments/reading/checkout-move.ts'
import type { ReadingScene } from '#app/payments/reading/reading-scene.ts'
import { bookRefunds } from '#app/payments/refunds/book-refunds.server.ts'
import { applyReturn } from '#app/payments/returns/apply-return.server.ts'
import type { Found } from '#app/payments/writes/look-at-provider.server.ts'
import type { Tx } from '#app/platform/db.server.ts'

type Scene = Omit<ReadingScene, 'isBankDebit'> & { readonly found: Found }

/** Books what a reading says was taken back from a payment that has settled: refunds, chargebacks, late returns. */
export async function bookMoneyBack(tx: Tx, { found, ...scene }: Scene): Promise<void> {
  const isBankDebit = found.intent?.charge?.method === 'us_bank_account'
  if (found.intent?.status !== 'succeeded') return bookLateFailure(tx, { ...scene, isBankDebit }, found)
  await bookRefunds(tx, { ...scene, isBankDebit }, found.refunds)
  await bookChargebacks(tx, { ...scene, isBankDebit }, found.disputes)
}

/** A bank debit that the processor calls failed after it had counted as paid. It should not occur: booked, and told to a person. */
async function bookLateFailure(tx: Tx, scene: ReadingScene, { intent }: Found): Promise<void> {
  const charge = intent?.charge ?? null
  const code = charge?.networkCode ?? charge?.failureCode ?? null
  const { payment, timeZone, now } = scene
  if (charge === null || code === null || !scene.isBankDebit || scene.isOvertaken) return
  const { state, receivedMinor, reversedMinor } = await tx.payment.findUniqueOrThrow({
    where: { id: payment.id },
  })
  if (state !== 'settled' || receivedMinor === reversedMinor) return
  const reversal = {
    id: newId<'rev'>(),
    paymentId: payment.id,
    kind: 'bank_return',
    amountMinor: (receivedMinor - reversedMinor).toString(),
    providerId: charge.chargeId,
    reason: code,
    effectiveOn: effectiveDay(timeZone, now, now),
  }
  const { reversed } = await takeFromPayment(tx, reversal, now)
  if (!reversed) return
  await applyReturn(tx, { payment, kind: 'returned', code }, now)
  const detail = { subjectId: payment.id, customerId: payment.customerId, code }
  await openException(
    tx,
    'payment.failed-after-settled',
    `payment.failed-after-settled:${payment.id}`,
    detail,
    now,
  )
}

/** What a bank debit that failed before it counted as paid means for the next one. Call it once, when the payment has failed. */
export async function noteFailedDebit(tx: Tx, { payment, found, now }: Scene): Promise<void> {
  const charge = found.intent?.charge ?? null
  if (charge?.method !== 'us_bank_account') return
  const code = charge.networkCode ?? charge.failureCode ?? found.intent?.failureCode ?? null
  await applyReturn(tx, { payment, kind: 'failed', code }, now)
}
