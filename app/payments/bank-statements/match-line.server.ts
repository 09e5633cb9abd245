import { z } from 'zod'
import { type BankLineId, encodeId, type PersonId } from '#app/books/ids.ts'
import { answerOf } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { ManualPayment } from '#app/payments/cash/manual-payment.ts'
import { manualPaymentJson } from '#app/payments/cash/record-manual-payment.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'

/** What a movement is said to be: payments that add up to it, or one payout of the card service (or its money going back). */
export type Match =
  | { readonly kind: 'payment'; readonly payments: readonly ManualPayment[] }
  | { readonly kind: 'payout' | 'payout_failure'; readonly payoutId: string }

type Changed = Result<{ changed: boolean }>
type Row = { answer: unknown }[]

/**
 * Confirms what a movement is, under its lock: two people at once make one payment, and the second is told. The same confirmation
 * again changes nothing. Refusals: those of match_bank_line and record_manual_payment.
 */
export async function matchBankLine(lineId: BankLineId, match: Match, personId: PersonId): Promise<Changed> {
  const detail =
    match.kind === 'payment'
      ? { payments: match.payments.map(manualPaymentJson) }
      : { payoutId: match.payoutId }
  const json = JSON.stringify({ lineId, kind: match.kind, decidedBy: personId, ...detail })
  const now = await readNow()
  const entry = {
    action: 'bank.line-matched',
    detail: { kind: match.kind, payments: match.kind === 'payment' ? match.payments.length : 0 },
  }
  return decide(
    lineId,
    personId,
    entry,
    (tx) => tx.$queryRaw<Row>`SELECT match_bank_line(${json}::jsonb, ${now}) AS answer`,
  )
}

/** Says that a movement concerns nobody here, and why. */
export async function ignoreBankLine(lineId: BankLineId, note: string, personId: PersonId): Promise<Changed> {
  const now = await readNow()
  return decide(
    lineId,
    personId,
    { action: 'bank.line-ignored' },
    (tx) => tx.$queryRaw<Row>`
    SELECT ignore_bank_line(${lineId}::uuid, ${note}, ${personId}::uuid, ${now}) AS answer`,
  )
}

/** Opens a decided movement again, and takes the payments back that it had become. */
export async function reopenBankLine(lineId: BankLineId, personId: PersonId): Promise<Changed> {
  const now = await readNow()
  return decide(
    lineId,
    personId,
    { action: 'bank.line-reopened' },
    (tx) => tx.$queryRaw<Row>`
    SELECT reopen_bank_line(${lineId}::uuid, ${personId}::uuid, ${now}) AS answer`,
  )
}

async function decide(
  lineId: BankLineId,
  personId: PersonId,
  entry: { action: string; detail?: Readonly<Record<string, string | number>> },
  call: (tx: Tx) => Promise<Row>,
): Promise<Changed> {
  return withTransaction(async (tx) => {
    const answer = answerOf(await call(tx), { changed: z.boolean() })
    if (answer.ok && answer.changed)
      await recordAudit(
        { actorKind: 'staff', actorId: personId, subjectId: encodeId('bln', lineId), ...entry },
        tx,
      )
    return answer
  })
}
