import { encodeId, newId, type RefundId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import type { Money } from '#app/money/money.ts'
import type { RefundReason } from '#app/payments/refunds/refund.ts'
import type { RefundAttempt } from '#app/payments/refunds/refund-posting.server.ts'
import { CREATE_REFUND } from '#app/payments/writes/operations.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/** The write that would send a refund, whole: it is stored when the refund is approved, and never made again. */
export function refundAttempt(
  processor: CardProcessor,
  payment: { readonly id: string; readonly stripePaymentIntentId: string | null },
  refund: { readonly refundId: RefundId; readonly amount: Money; readonly reason: RefundReason },
): Result<{ attempt: RefundAttempt }> {
  const { amount, reason } = refund
  const step = processor.chargeStep(amount.currency)
  if (payment.stripePaymentIntentId === null || step === null) return refuse('REFUND_NOT_OFFERED')
  if (amount.minor <= 0n) return refuse('AMOUNT_NOT_POSITIVE')
  if (amount.minor % step !== 0n) return refuse('REFUND_UNEVEN')
  const request = processor.refundRequest({
    reference: encodeId('rfd', refund.refundId),
    paymentReference: encodeId('pay', payment.id),
    intentId: payment.stripePaymentIntentId,
    currency: amount.currency,
    amountMinor: amount.minor,
    reason,
  })
  const requestHash = sha256(JSON.stringify(request))
  return { ok: true, attempt: { id: newId<'att'>(), operation: CREATE_REFUND, request, requestHash } }
}
