import { answerOf, type PostingRows } from '#app/books/posting-answer.ts'
import { ensureDefault } from '#app/payments/methods/sync-methods.server.ts'
import { pauseAfter, type ReturnRule, returnRule } from '#app/payments/returns/return-codes.ts'
import type { Tx } from '#app/platform/db.server.ts'

/** Returns of one method count together for so long. */
const COUNTED_DAYS = 60

export type BankReturn = {
  readonly payment: {
    readonly id: string
    readonly customerId: string
    readonly savedMethodId: string | null
  }
  /** `failed` before it counted as paid, `returned` after. */
  readonly kind: 'failed' | 'returned'
  /** The network's code or the processor's word. */
  readonly code: string | null
}

/**
 * What a bank debit that came to nothing means for the next one: the method, its mandate and autopay change as the table of codes
 * says, and both sides get a letter. Call it once for each return, after the return is booked.
 */
export async function applyReturn(tx: Tx, { payment, kind, code }: BankReturn, now: Date): Promise<void> {
  const rule = returnRule(code)
  const { savedMethodId } = payment
  if (savedMethodId !== null) {
    await changeMethod(tx, savedMethodId, rule, now)
    await ensureDefault(tx, payment.customerId, now)
    if (rule.effect === 'new_mandate') await endMandates(tx, savedMethodId, code, now)
    await pauseAutopay(tx, savedMethodId, rule, now)
  }
  const rows = await tx.$queryRaw<PostingRows>`
    SELECT report_bank_return(${payment.id}::uuid, ${kind}, ${code}, ${now}) AS answer`
  answerOf(rows, {})
}

async function changeMethod(tx: Tx, id: string, rule: ReturnRule, now: Date): Promise<void> {
  const isStanding = { id, state: { not: 'removed' } } as const
  switch (rule.effect) {
    case 'none':
    case 'suspend_autopay':
      return
    case 'remove_method':
      await tx.savedMethod.updateMany({
        where: isStanding,
        data: { state: 'removed', removedAt: now, isDefault: false, updatedAt: now },
      })
      return
    case 'suspend_method':
    case 'new_mandate': {
      const suspendedReason = rule.effect === 'new_mandate' ? 'mandate_revoked' : 'bank_return'
      await tx.savedMethod.updateMany({
        where: isStanding,
        data: { state: 'suspended', suspendedReason, updatedAt: now },
      })
    }
  }
}

async function endMandates(tx: Tx, savedMethodId: string, code: string | null, now: Date): Promise<void> {
  await tx.mandate.updateMany({
    where: { savedMethodId, state: { not: 'inactive' } },
    data: { state: 'inactive', endedAt: now, endedReason: code ?? 'bank_return' },
  })
}

async function pauseAutopay(tx: Tx, savedMethodId: string, rule: ReturnRule, now: Date): Promise<void> {
  const pausedReason = pauseAfter(rule, await countReturns(tx, savedMethodId, now))
  if (pausedReason === null) return
  await tx.autopayEnrollment.updateMany({
    where: { savedMethodId, state: 'active' },
    data: { state: 'paused', pausedReason, updatedAt: now },
  })
}

/** Debits of a method that came to nothing of late, the one that was just booked among them. */
async function countReturns(tx: Tx, savedMethodId: string, now: Date): Promise<number> {
  const since = new Date(now.getTime() - COUNTED_DAYS * 86_400_000)
  return tx.payment.count({
    where: {
      savedMethodId,
      method: 'us_bank_account',
      updatedAt: { gte: since },
      OR: [{ state: 'failed' }, { reversals: { some: { kind: 'bank_return', recordedAt: { gte: since } } } }],
    },
  })
}
