import type { PaymentId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { log } from '#app/platform/log.server.ts'

/**
 * Sends a stored write about a settled payment and reads the payment back, so that the page that comes next can tell. A processor
 * that cannot be read just now leaves it to the jobs.
 */
export async function sendLateWrite(
  processor: CardProcessor,
  attemptId: string,
  paymentId: PaymentId,
): Promise<void> {
  await sendAttempt(processor, attemptId)
  try {
    await syncPayment(processor, paymentId, 'request')
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'a payment could not be read back at once')
  }
}
