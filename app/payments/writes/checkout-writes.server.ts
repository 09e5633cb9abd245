import { asId } from '#app/books/ids.ts'
import type { CheckoutReading, Written } from '#app/gateways/stripe/port.ts'
import { advancePayment } from '#app/payments/posting.server.ts'
import {
  type ProviderWrite,
  type StoredAttempt,
  storedRequest,
  type WriteAnswer,
} from '#app/payments/writes/provider-write.server.ts'

/** Opens the processor's page. */
export const createCheckout: ProviderWrite = {
  send: async (processor, attempt) =>
    created(
      attempt,
      await processor.createCheckout(storedRequest.parse(attempt.request), attempt.idempotencyKey),
    ),
  find: async (processor, attempt) => {
    const value = await processor.findCheckout(storedRequest.parse(attempt.request))
    return value && created(attempt, { value, requestId: null })
  },
  // A checkout that was refused never was: nobody can pay it, so the payment ends and its holds are freed.
  refused: async (tx, attempt, failureCode, now) => {
    const paymentId = asId<'pay'>(attempt.paymentId)
    await advancePayment(tx, paymentId, 'failed', 'provider', { failureCode }, now)
  },
}

function created(attempt: StoredAttempt, { value, requestId }: Written<CheckoutReading>): WriteAnswer {
  const detail = { stripeCheckoutSessionId: value.checkoutId, checkoutUrl: value.url }
  return {
    responseId: value.checkoutId,
    requestId,
    keep: async (tx, now) => {
      await advancePayment(tx, asId<'pay'>(attempt.paymentId), 'awaiting_customer', 'provider', detail, now)
    },
  }
}

/** Closes the processor's page. Where an expired checkout leads is for syncPayment to say, from a fresh reading. */
export const expireCheckout: ProviderWrite = {
  send: async (processor, attempt) =>
    expired(await processor.expireCheckout(checkoutOf(attempt), attempt.idempotencyKey)),
  find: async (processor, attempt) => {
    const value = await processor.readCheckout(checkoutOf(attempt))
    return value === null || value.status === 'open' ? null : expired({ value, requestId: null })
  },
  refused: async () => {},
}

function expired({ value, requestId }: Written<CheckoutReading>): WriteAnswer {
  return { responseId: value.checkoutId, requestId, keep: async () => {} }
}

function checkoutOf(attempt: StoredAttempt): string {
  const id = attempt.payment.stripeCheckoutSessionId
  if (id === null) throw new Error(`Payment ${attempt.paymentId} has no checkout to expire`)
  return id
}
