import { z } from 'zod'
import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { answerOf } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { ManualPayment } from '#app/payments/cash/manual-payment.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/** A payment as the posting functions take it. */
export function manualPaymentJson(payment: ManualPayment): Readonly<Record<string, unknown>> {
  const body = {
    id: payment.paymentId,
    customerId: payment.customerId,
    currency: payment.amount.currency,
    amountMinor: payment.amount.minor.toString(),
    method: payment.method,
    settledOn: payment.settledOn,
    reference: payment.reference,
    items: payment.items
      .map(({ invoiceId, amount }) => ({ invoiceId, amountMinor: amount.minor.toString() }))
      .toSorted((a, b) => (a.invoiceId < b.invoiceId ? -1 : 1)),
  }
  return { ...body, requestHash: sha256(JSON.stringify(body)) }
}

/**
 * Books a cheque, a transfer or cash that staff recorded, and queues the receipt letter. The same form again is the same payment.
 * Refusals: those of record_manual_payment and record_settled_payments.
 */
export async function recordManualPayment(
  payment: ManualPayment,
  personId: PersonId,
): Promise<Result<{ paymentId: PaymentId; created: boolean }>> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const json = JSON.stringify({ ...manualPaymentJson(payment), createdBy: personId })
    const rows = await tx.$queryRaw<{ answer: unknown }[]>`
      SELECT record_manual_payment(${json}::jsonb, ${now}) AS answer`
    const recorded = answerOf(rows, { created: z.boolean() })
    if (!recorded.ok) return recorded
    if (recorded.created)
      await recordAudit(
        {
          actorKind: 'staff',
          actorId: personId,
          action: 'payment.recorded',
          customerId: payment.customerId,
          subjectId: payment.paymentId,
          detail: {
            method: payment.method,
            amountMinor: payment.amount.minor.toString(),
            currency: payment.amount.currency,
          },
        },
        tx,
      )
    return { ok: true, paymentId: payment.paymentId, created: recorded.created }
  })
}
