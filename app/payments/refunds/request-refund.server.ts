import { asId, type CustomerId, type PaymentId, type PersonId, type RefundId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import type { Money } from '#app/money/money.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { RefundReason, RefundState } from '#app/payments/refunds/refund.ts'
import { refundAttempt } from '#app/payments/refunds/refund-attempt.server.ts'
import { requestRefund } from '#app/payments/refunds/refund-posting.server.ts'
import { sendLateWrite } from '#app/payments/writes/send-late-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

/** Where the money is taken from: unapplied credit before what was applied last, the credit alone, or one invoice first. */
export type RefundSource =
  | { readonly kind: 'any' }
  | { readonly kind: 'credit' }
  | { readonly kind: 'invoice'; readonly invoiceId: string }

export type AskForRefund = {
  readonly processor: CardProcessor
  /** Minted when the form is shown, so that a repeated form is one refund. */
  readonly refundId: RefundId
  readonly paymentId: PaymentId
  readonly amount: Money
  readonly reason: RefundReason
  readonly source: RefundSource
  /** Staff of the supplier, or a buyer of this customer, who may ask for credit only. */
  readonly by:
    | { readonly kind: 'staff'; readonly personId: PersonId }
    | { readonly kind: 'buyer'; readonly personId: PersonId; readonly customerId: CustomerId }
}

/**
 * Asks for part of a settled payment to go back to the method that paid. Staff's own request up to the supplier's limit is approved and
 * sent at once; above it, and for every request of a buyer, a person decides first. Refusals: PAYMENT_NOT_FOUND, REFUND_NOT_OFFERED,
 * REFUND_UNEVEN, and those of request_refund.
 */
export async function askForRefund(options: AskForRefund): Promise<Result<{ state: RefundState }>> {
  const { processor, refundId, paymentId, amount, reason, source, by } = options
  const payment = await db.payment.findUnique({ where: { id: paymentId } })
  const customerId = by.kind === 'buyer' ? by.customerId : null
  if (payment === null || (customerId !== null && payment.customerId !== customerId))
    return refuse('PAYMENT_NOT_FOUND')
  const prepared = refundAttempt(processor, payment, { refundId, amount, reason })
  if (!prepared.ok) return prepared
  const now = await readNow()
  const asked = await withTransaction(async (tx) => {
    const request = {
      ...{ id: refundId, paymentId, customerId, amountMinor: amount.minor.toString(), reason },
      creditOnly: by.kind === 'buyer' || source.kind === 'credit',
      invoiceId: source.kind === 'invoice' ? source.invoiceId : null,
      ...{ requestedBy: by.personId, byBuyer: by.kind === 'buyer', attempt: prepared.attempt },
    }
    const result = await requestRefund(tx, request, now)
    if (!result.ok || !result.created) return result
    await recordAudit(
      {
        actorKind: by.kind,
        actorId: by.personId,
        action: 'refund.requested',
        customerId: payment.customerId,
        subjectId: paymentId,
        detail: { refundId, amountMinor: request.amountMinor, reason, state: result.state },
      },
      tx,
    )
    return result
  })
  if (!asked.ok) return asked
  if (asked.created && asked.attemptId !== null)
    await sendLateWrite(processor, asked.attemptId, asId<'pay'>(paymentId))
  return { ok: true, state: (await db.refund.findUniqueOrThrow({ where: { id: refundId } })).state }
}
