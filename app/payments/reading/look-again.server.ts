import type { PaymentId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { hasEnded, type PaymentState } from '#app/payments/payment.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/** A reading so young is good enough for a page. */
const FRESH_MS = 1_500

/**
 * The state of a payment for a page that is being looked at: read again from the processor unless it has ended or was
 * read just now. A processor that does not answer leaves the state as it is known.
 */
export async function lookAgain(paymentId: PaymentId): Promise<PaymentState> {
  const { state, syncedAt } = await db.payment.findUniqueOrThrow({ where: { id: paymentId } })
  const configured = requireCardProcessor()
  if (hasEnded(state) || !configured.ok) return state
  const now = await readNow()
  const isFresh = syncedAt !== null && Math.abs(now.getTime() - syncedAt.getTime()) < FRESH_MS
  if (isFresh) return state
  try {
    return (await syncPayment(configured.processor, paymentId, 'request')) ?? state
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'a payment could not be read while its page was open')
    return state
  }
}
