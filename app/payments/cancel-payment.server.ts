import { type CustomerId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { getValue } from '#app/books/posting-answer.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { hasEnded, isCancelable, type PaymentState } from '#app/payments/payment.ts'
import { recordAttempt } from '#app/payments/posting.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { EXPIRE_CHECKOUT } from '#app/payments/writes/operations.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type CancelPayment = {
  readonly processor: CardProcessor
  readonly customerId: CustomerId
  readonly paymentId: PaymentId
  /** Who cancels; null for whoever holds a pay link. */
  readonly personId: PersonId | null
}

/**
 * Cancels a payment that has not been paid: its checkout is closed at the processor, and the held amounts are free when the
 * processor says so. Any payer of the customer may do it. Answers the state it ends in: a buyer who paid in the same
 * second finds it settled. Refusals: PAYMENT_NOT_FOUND, PAYMENT_NOT_CANCELABLE, PAYMENT_UNDER_CHECK.
 */
export async function cancelPayment(options: CancelPayment): Promise<Result<{ state: PaymentState }>> {
  const { processor, customerId, paymentId } = options
  const payment = await db.payment.findFirst({ where: { id: paymentId, customerId } })
  if (payment === null) return refuse('PAYMENT_NOT_FOUND')
  if (payment.state === 'canceled' || payment.state === 'expired') return { ok: true, state: payment.state }
  if (hasEnded(payment.state) || !isCancelable(payment.state)) return refuse('PAYMENT_NOT_CANCELABLE')
  // Without a checkout there is nothing to close yet, and one may be open all the same: the write that makes it is unclear.
  if (payment.stripeCheckoutSessionId === null) return refuse('PAYMENT_UNDER_CHECK')

  await sendAttempt(processor, await recordCancel(options, payment.stripeCheckoutSessionId))
  try {
    const state = (await syncPayment(processor, paymentId, 'request')) ?? payment.state
    return hasEnded(state) ? { ok: true, state } : refuse('PAYMENT_UNDER_CHECK')
  } catch (error) {
    // Whether it was paid in the meantime is not known now, so nothing may be said about that.
    if (error instanceof GatewayFault) return refuse('PAYMENT_UNDER_CHECK')
    throw error
  }
}

async function recordCancel(
  { customerId, paymentId, personId }: CancelPayment,
  checkoutId: string,
): Promise<string> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const request = { checkout: checkoutId }
    const { attemptId } = getValue(
      await recordAttempt(
        tx,
        {
          id: newId<'att'>(),
          paymentId,
          operation: EXPIRE_CHECKOUT,
          request,
          requestHash: sha256(JSON.stringify(request)),
        },
        now,
      ),
    )
    const entry = {
      actorKind: 'buyer',
      ...(personId === null ? {} : { actorId: personId }),
      action: 'payment.canceled',
      customerId,
      subjectId: paymentId,
    } as const
    await recordAudit(entry, tx)
    return attemptId
  })
}
