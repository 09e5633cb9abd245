import type { PaymentId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/** Small deposits that prove a bank account: where their payer says how much they were, and when they arrive. */
export type Verification = { readonly url: string; readonly arriveAt: Date }

/** The proof that the processor waits for before it debits the payer's bank account; null when it waits for none. */
export async function findVerification(paymentId: PaymentId): Promise<Verification | null> {
  const payment = await db.payment.findUniqueOrThrow({
    where: { id: paymentId },
    select: { state: true, stripePaymentIntentId: true },
  })
  const configured = requireCardProcessor()
  if (payment.state !== 'requires_action' || payment.stripePaymentIntentId === null || !configured.ok)
    return null
  try {
    return (await configured.processor.readIntent(payment.stripePaymentIntentId))?.microdeposits ?? null
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'a payment could not be read while its page was open')
    return null
  }
}
