import { asId, type ChargebackId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { storeAnswer } from '#app/payments/chargebacks/chargeback-posting.server.ts'
import { ACCEPT_CHARGEBACK, SUBMIT_EVIDENCE } from '#app/payments/writes/operations.ts'
import { sendLateWrite } from '#app/payments/writes/send-late-write.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type AnswerChargeback = {
  readonly processor: CardProcessor
  readonly chargebackId: ChargebackId
  /** Minted when the form is shown, so that a repeated form is one answer. */
  readonly attemptId: string
  readonly personId: PersonId
  /** What the supplier says and can show; null gives the chargeback up. */
  readonly evidence: string | null
}

/**
 * Answers a chargeback: hands in evidence, once, or gives up. The answer is stored before it is sent; what the processor makes of it is
 * read back. Refusals: CHARGEBACK_NOT_FOUND, CHARGEBACK_NOT_OPEN, CHARGEBACK_ANSWERED, CHARGEBACK_TOO_LATE, CHARGEBACK_UNDER_CHECK.
 */
export async function answerChargeback(options: AnswerChargeback): Promise<Result<object>> {
  const { processor, chargebackId, attemptId, personId, evidence } = options
  const chargeback = await db.chargeback.findUnique({
    where: { id: chargebackId },
    include: { payment: { select: { id: true, customerId: true } } },
  })
  if (chargeback === null) return refuse('CHARGEBACK_NOT_FOUND')
  const { payment, providerDisputeId } = chargeback
  const request =
    evidence === null
      ? processor.acceptanceRequest(providerDisputeId)
      : processor.evidenceRequest(providerDisputeId, evidence)
  const operation = evidence === null ? ACCEPT_CHARGEBACK : SUBMIT_EVIDENCE
  const attempt = { id: attemptId, operation, request, requestHash: sha256(JSON.stringify(request)) }
  const now = await readNow()
  const stored = await withTransaction(async (tx) => {
    const result = await storeAnswer(tx, { chargebackId, evidenceText: evidence, attempt }, now)
    if (!result.ok || !result.created) return result
    const action = evidence === null ? 'chargeback.accepted' : 'chargeback.answered'
    const entry = { actorKind: 'staff', actorId: personId, action } as const
    await recordAudit({ ...entry, customerId: payment.customerId, subjectId: payment.id }, tx)
    return result
  })
  if (!stored.ok) return stored
  if (stored.created) await sendLateWrite(processor, attemptId, asId<'pay'>(payment.id))
  return { ok: true }
}
