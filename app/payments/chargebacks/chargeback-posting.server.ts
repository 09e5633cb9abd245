/** The posting functions of chargebacks, called by name. */
import { z } from 'zod'
import type { ChargebackId } from '#app/books/ids.ts'
import { answerOf, getValue, type Json, type PostingRows } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import {
  CHARGEBACK_MONEY,
  CHARGEBACK_STATES,
  type ChargebackMoney,
  type ChargebackState,
} from '#app/payments/chargebacks/chargeback.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type ChargebackNews = {
  readonly paymentId: string
  readonly disputeId: string
  readonly amountMinor: string
  readonly reason: string
  readonly networkCode: string | null
  readonly state: ChargebackState
  readonly isWithdrawn: boolean
  readonly isReinstated: boolean
  /** A bank debit: it cannot be contested, so the invoices open at once. */
  readonly isFinal: boolean
  readonly evidenceDueAt: Date | null
  readonly openedAt: Date
  readonly withdrawnOn: BusinessDate
}

/** What a reading did: nothing, told that there is one, or moved the money for good. */
export type ChargebackMove = 'opened' | 'returned' | 'lost' | 'won' | null

/** Books what the processor says of a chargeback. */
export async function recordChargeback(
  tx: Tx,
  news: ChargebackNews,
  now: Date,
): Promise<{ state: ChargebackState; money: ChargebackMoney; moved: ChargebackMove }> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT record_chargeback(${JSON.stringify(news)}::jsonb, ${now}) AS answer`
  const answer = answerOf(rows, {
    state: z.enum(CHARGEBACK_STATES),
    money: z.enum(CHARGEBACK_MONEY),
    moved: z.enum(['opened', 'returned', 'lost', 'won']).nullable(),
  })
  return getValue(answer)
}

/** Stores an answer to a chargeback before it is sent; `created` is false when the form came before. */
export async function storeAnswer(
  tx: Tx,
  answer: {
    readonly chargebackId: ChargebackId
    readonly evidenceText: string | null
    readonly attempt: Json & { readonly id: string }
  },
  now: Date,
): Promise<Result<{ created: boolean; attemptId: string }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT answer_chargeback(${JSON.stringify(answer)}::jsonb, ${now}) AS answer`
  return answerOf(rows, { created: z.boolean(), attemptId: z.string() })
}

/** The processor has taken an answer. */
export async function noteAnswer(tx: Tx, disputeId: string, operation: string, now: Date): Promise<void> {
  await tx.$queryRaw<PostingRows>`SELECT note_chargeback_answer(${disputeId}, ${operation}, ${now}) AS answer`
}
