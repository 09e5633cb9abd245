import { asId, decodeId } from '#app/books/ids.ts'
import type { RefundReading, Written } from '#app/gateways/stripe/port.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { effectiveDay } from '#app/payments/reading/checkout-move.ts'
import { noteRefundWrite, syncRefund } from '#app/payments/refunds/refund-posting.server.ts'
import {
  type ProviderWrite,
  type StoredAttempt,
  storedRequest,
  type WriteAnswer,
} from '#app/payments/writes/provider-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'

/** Gives money back to the method that paid. */
export const createRefund: ProviderWrite = {
  send: async (processor, attempt) => {
    await withTransaction(async (tx) => noteRefundWrite(tx, attempt.id, 'sent', null, await readNow(tx)))
    const request = storedRequest.parse(attempt.request)
    return answered(attempt, await processor.createRefund(request, attempt.idempotencyKey))
  },
  find: async (processor, attempt) => {
    const value = await processor.findRefund(storedRequest.parse(attempt.request))
    return value && answered(attempt, { value, requestId: null })
  },
  refused: (tx, attempt, code, now) => noteRefundWrite(tx, attempt.id, 'failed', code, now),
}

/** What the answer says is booked at once; what comes later is read with the payment. */
function answered(attempt: StoredAttempt, { value, requestId }: Written<RefundReading>): WriteAnswer {
  return {
    responseId: value.refundId,
    requestId,
    keep: async (tx, now) => {
      const refundId = decodeId('rfd', value.reference ?? '')
      if (refundId === null) throw new Error(`Attempt ${attempt.id} made a refund without our reference`)
      const { timeZone } = await getSupplier()
      const news = refundNews(
        refundId,
        attempt.paymentId,
        value,
        effectiveDay(timeZone, value.createdAt, now),
      )
      await syncRefund(tx, news, now)
    },
  }
}

/** A reading of a refund of ours in the words of the books: what was cancelled did not arrive either. */
export function refundNews(
  refundId: string,
  paymentId: string,
  reading: RefundReading,
  effectiveOn: ReturnType<typeof effectiveDay>,
) {
  const { status, failureCode } = reading
  return {
    refundId: asId<'rfd'>(refundId),
    paymentId,
    providerRefundId: reading.refundId,
    status: status === 'canceled' ? ('failed' as const) : status,
    failureCode: status === 'canceled' ? 'canceled' : failureCode,
    effectiveOn,
  }
}
