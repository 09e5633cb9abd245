import { z } from 'zod'
import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { answerOf } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { TakeBackReason } from '#app/payments/cash/manual-payment.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'

/**
 * Takes a payment back that staff had recorded: a bounced cheque, a mistake. Posts a reversal linked to the payment, which opens
 * its invoices again; the payment itself stays as it was. Once per payment. Refusals: PAYMENT_NOT_FOUND, PAYMENT_NOT_MANUAL,
 * PAYMENT_FROM_BANK_LINE.
 */
export async function takeBackPayment(
  paymentId: PaymentId,
  reason: TakeBackReason,
  personId: PersonId,
): Promise<Result<{ reversed: boolean }>> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const rows = await tx.$queryRaw<{ answer: unknown }[]>`
      SELECT take_back_payment(${paymentId}::uuid, ${reason}, ${now}) AS answer`
    const answer = answerOf(rows, { reversed: z.boolean() })
    if (answer.ok && answer.reversed)
      await recordAudit(
        {
          actorKind: 'staff',
          actorId: personId,
          action: 'payment.taken-back',
          subjectId: paymentId,
          detail: { reason },
        },
        tx,
      )
    return answer
  })
}
