import type { AutopayRunId, CustomerId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'

export type SkipDebit = {
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly runId: AutopayRunId
}

/**
 * Takes one announced debit off the list, until the moment it begins; its invoices are left to the payer from then on. Refusals:
 * AUTOPAY_NOT_FOUND, AUTOPAY_DEBIT_BEGUN.
 */
export async function skipDebit({ customerId, personId, runId }: SkipDebit): Promise<Result<object>> {
  return withTransaction(async (tx) => {
    const run = await tx.autopayRun.findFirst({ where: { id: runId, enrollment: { customerId } } })
    if (run === null) return refuse('AUTOPAY_NOT_FOUND')
    const now = await readNow(tx)
    // One statement, so that a debit that begins at this moment is either begun or skipped.
    const { count } = await tx.autopayRun.updateMany({
      where: { id: runId, state: 'noticed' },
      data: { state: 'skipped', reason: 'by_buyer', skippedBy: personId, nextTryAt: null, updatedAt: now },
    })
    if (count === 0) return refuse('AUTOPAY_DEBIT_BEGUN')
    const letter = { template: 'autopay-skipped', fact: runId, customerId, personId } as const
    await queueAutopayLetter(tx, { ...letter, parameters: { runId } }, now)
    const entry = { actorKind: 'buyer', actorId: personId, action: 'autopay.skipped' } as const
    await recordAudit({ ...entry, customerId, subjectId: runId }, tx)
    return { ok: true }
  })
}
