/** The posting functions of refunds, called by name. */
import { z } from 'zod'
import type { RefundId } from '#app/books/ids.ts'
import { answerOf, getValue, type Json, type PostingRows } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { REFUND_STATES, type RefundReason, type RefundState } from '#app/payments/refunds/refund.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** The write that sends a refund, as it is stored when the refund is approved. */
export type RefundAttempt = {
  readonly id: string
  readonly operation: string
  readonly request: Json
  readonly requestHash: string
}

export type RefundRequest = {
  readonly id: RefundId
  readonly paymentId: string
  /** Given for a buyer: the payment must be this customer's. */
  readonly customerId: string | null
  readonly amountMinor: string
  readonly reason: RefundReason
  readonly creditOnly: boolean
  readonly invoiceId: string | null
  readonly requestedBy: string
  readonly byBuyer: boolean
  readonly attempt: RefundAttempt
}

/** Asks for a refund; one that needs nobody else is approved with its attempt. `created` is false when the form came before. */
export async function requestRefund(
  tx: Tx,
  request: RefundRequest,
  now: Date,
): Promise<Result<{ created: boolean; state: RefundState; attemptId: string | null }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT request_refund(${JSON.stringify(request)}::jsonb, ${now}) AS answer`
  return answerOf(rows, {
    created: z.boolean(),
    state: z.enum(REFUND_STATES),
    attemptId: z.string().nullable(),
  })
}

export type RefundDecision = {
  readonly refundId: RefundId
  readonly approve: boolean
  readonly note: string | null
  readonly decidedBy: string
  readonly attempt: RefundAttempt
}

/** Approves or declines a refund that waits. `changed` is false when the same person had decided the same. */
export async function decideRefund(
  tx: Tx,
  decision: RefundDecision,
  now: Date,
): Promise<Result<{ changed: boolean; attemptId: string | null }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT decide_refund(${JSON.stringify(decision)}::jsonb, ${now}) AS answer`
  return answerOf(rows, { changed: z.boolean(), attemptId: z.string().nullable() })
}

/** Says that the write of a refund is on its way, or was refused for good. */
export async function noteRefundWrite(
  tx: Tx,
  attemptId: string,
  to: 'sent' | 'failed',
  code: string | null,
  now: Date,
): Promise<void> {
  const rows = await tx.$queryRaw<PostingRows>`
    SELECT note_refund_write(${attemptId}::uuid, ${to}::refund_state, ${code}, ${now}) AS answer`
  getValue(answerOf(rows, { changed: z.boolean() }))
}

export type RefundNews = {
  readonly refundId: RefundId
  readonly paymentId: string
  readonly providerRefundId: string
  readonly status: 'pending' | 'succeeded' | 'failed'
  readonly failureCode: string | null
  readonly effectiveOn: BusinessDate
}

/** Books what the processor says of a refund of ours. */
export async function syncRefund(tx: Tx, news: RefundNews, now: Date): Promise<{ changed: boolean }> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT sync_refund(${JSON.stringify(news)}::jsonb, ${now}) AS answer`
  return getValue(answerOf(rows, { changed: z.boolean() }))
}

/** Books that what was taken of a payment came back. Refusal: REVERSAL_NOT_FOUND. */
export async function giveBackToPayment(
  tx: Tx,
  restoration: { readonly id: string; readonly providerId: string; readonly effectiveOn: BusinessDate },
  now: Date,
): Promise<Result<{ restored: boolean }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT give_back_to_payment(${JSON.stringify(restoration)}::jsonb, ${now}) AS answer`
  return answerOf(rows, { restored: z.boolean() })
}
