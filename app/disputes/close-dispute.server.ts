import { z } from 'zod'
import type { Id, InvoiceId, PersonId } from '#app/books/ids.ts'
import { answerOf, type PostingRows } from '#app/books/posting-answer.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'

/** How staff may end a dispute. Accepted: the disputed amount is credited to the invoice. */
export const CLOSING_OUTCOMES = ['accepted', 'rejected', 'withdrawn'] as const
export type ClosingOutcome = (typeof CLOSING_OUTCOMES)[number]

/**
 * Ends a dispute over an invoice and frees what it held; once, however often it is asked for. Refusals: DISPUTE_NOT_FOUND,
 * DISPUTE_CLOSED with another outcome.
 */
export async function closeDispute(options: {
  readonly disputeId: Id<'dsp'>
  readonly invoiceId: InvoiceId
  readonly outcome: ClosingOutcome
  readonly personId: PersonId
}): Promise<Result<{ closed: boolean }>> {
  const { disputeId, invoiceId, outcome, personId } = options
  const now = await readNow()
  return withTransaction(async (tx) => {
    const known = await tx.dispute.findFirst({
      where: { id: disputeId, invoiceId },
      select: { customerId: true },
    })
    if (known === null) return refuse('DISPUTE_NOT_FOUND')
    const rows = await tx.$queryRaw<PostingRows>`
      SELECT close_dispute(${disputeId}::uuid, ${outcome}::dispute_outcome, ${now}) AS answer`
    const result = answerOf(rows, { closed: z.boolean() })
    if (result.ok && result.closed)
      await recordAudit(
        {
          actorKind: 'staff',
          actorId: personId,
          action: 'dispute.closed',
          customerId: known.customerId,
          subjectId: disputeId,
          detail: { outcome },
        },
        tx,
      )
    return result
  })
}
