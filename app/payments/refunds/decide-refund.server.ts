import { asId, type PersonId, type RefundId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { parseRefundReason } from '#app/payments/refunds/refund.ts'
import { refundAttempt } from '#app/payments/refunds/refund-attempt.server.ts'
import { decideRefund } from '#app/payments/refunds/refund-posting.server.ts'
import { sendLateWrite } from '#app/payments/writes/send-late-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

export type DecideOnRefund = {
  readonly processor: CardProcessor
  readonly refundId: RefundId
  readonly personId: PersonId
  readonly approve: boolean
  readonly note: string | null
}

/**
 * Approves a refund that waits, and sends it, or declines it. Who may decide is settled in SQL, under the payment's lock. Refusals:
 * REFUND_NOT_FOUND, REFUND_DECIDED, REFUND_NEEDS_ANOTHER, REFUND_NEEDS_MANAGER, and those of asking for a refund.
 */
export async function decideOnRefund(options: DecideOnRefund): Promise<Result<object>> {
  const { processor, refundId, personId, approve, note } = options
  const refund = await db.refund.findUnique({ where: { id: refundId }, include: { payment: true } })
  if (refund === null) return refuse('REFUND_NOT_FOUND')
  const { payment } = refund
  const amount = money(refund.amountMinor, parseCurrency(payment.currency))
  const reason = parseRefundReason(refund.reason)
  const prepared = refundAttempt(processor, payment, { refundId, amount, reason })
  if (!prepared.ok) return prepared
  const now = await readNow()
  const decision = { refundId, approve, note, decidedBy: personId, attempt: prepared.attempt }
  const decided = await withTransaction(async (tx) => {
    const result = await decideRefund(tx, decision, now)
    if (!result.ok || !result.changed) return result
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: approve ? 'refund.approved' : 'refund.declined',
        customerId: payment.customerId,
        subjectId: payment.id,
        detail: { refundId, amountMinor: refund.amountMinor.toString() },
      },
      tx,
    )
    return result
  })
  if (!decided.ok) return decided
  if (decided.changed && decided.attemptId !== null)
    await sendLateWrite(processor, decided.attemptId, asId<'pay'>(payment.id))
  return { ok: true }
}
