import { asId } from '#app/books/ids.ts'
import type { IntentReading, Written } from '#app/gateways/stripe/port.ts'
import { advancePayment } from '#app/payments/posting.server.ts'
import {
  type ProviderWrite,
  type StoredAttempt,
  storedRequest,
  type WriteAnswer,
} from '#app/payments/writes/provider-write.server.ts'

/**
 * Charges a saved method. The answer only names what was made: whether it is paid, on its way or declined is for syncPayment to
 * say, from a fresh reading.
 */
export const createCharge: ProviderWrite = {
  send: async (processor, attempt) =>
    charged(
      attempt,
      await processor.createCharge(storedRequest.parse(attempt.request), attempt.idempotencyKey),
    ),
  find: async (processor, attempt) => {
    const value = await processor.findCharge(storedRequest.parse(attempt.request))
    return value && charged(attempt, { value, requestId: null })
  },
  // The method or the amount was refused before anything was tried: nothing is charged and nothing will be.
  refused: async (tx, attempt, failureCode, now) => {
    const paymentId = asId<'pay'>(attempt.paymentId)
    await advancePayment(tx, paymentId, 'failed', 'provider', { failureCode }, now)
  },
}

function charged(attempt: StoredAttempt, { value, requestId }: Written<IntentReading>): WriteAnswer {
  const detail = { stripePaymentIntentId: value.intentId }
  return {
    responseId: value.intentId,
    requestId,
    keep: async (tx, now) => {
      await advancePayment(tx, asId<'pay'>(attempt.paymentId), 'awaiting_customer', 'provider', detail, now)
    },
  }
}
