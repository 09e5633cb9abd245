import { z } from 'zod'
import type { CustomerId, InvoiceId } from '#app/books/ids.ts'
import { answerOf, type PostingRows } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import type { Tx } from '#app/platform/db.server.ts'

export type OpenDispute = {
  readonly id: string
  readonly customerId: CustomerId
  readonly invoiceId: InvoiceId
  readonly amountMinor: bigint
  /** Code of the reason. */
  readonly reason: string
}

/** Disputes part of an invoice: the amount is held until the dispute is closed. Refusals: those of open_dispute. */
export async function openDispute(
  tx: Tx,
  dispute: OpenDispute,
  now: Date,
): Promise<Result<{ opened: boolean }>> {
  const row = JSON.stringify({ ...dispute, amountMinor: dispute.amountMinor.toString() })
  const rows = await tx.$queryRaw<PostingRows>`SELECT open_dispute(${row}::jsonb, ${now}) AS answer`
  return answerOf(rows, { opened: z.boolean() })
}
