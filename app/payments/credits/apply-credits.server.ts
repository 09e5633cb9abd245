import { z } from 'zod'
import type { CustomerId, InvoiceId, PaymentId } from '#app/books/ids.ts'
import { answerOf, type PostingRows } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import type { Money } from '#app/money/money.ts'
import { type AuditEntry, recordAudit } from '#app/parties/audit.server.ts'
import { type CreditUse, type PlannedUse, planCredits } from '#app/payments/credits/credit-plan.ts'
import { creditUseId } from '#app/payments/credits/credit-use-id.ts'
import { readCredits, readTargets } from '#app/payments/credits/credits.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'

/** Who uses the credit. */
export type CreditUser = { readonly kind: 'buyer' | 'staff'; readonly personId: string }

/**
 * Posts uses of credit, all of them or none; those of a form that came before are not posted again. Refusals: CREDIT_NOT_FOUND,
 * CREDIT_EXCEEDS_REMAINING, INVOICE_NOT_FOUND, CURRENCY_MIXED, AMOUNT_NOT_POSITIVE, AMOUNT_EXCEEDS_PAYABLE, REMITTANCE_TOO_LONG.
 */
export async function postCredits(
  tx: Tx,
  { customerId, uses, formId }: { customerId: CustomerId; uses: readonly CreditUse[]; formId: string },
  now: Date,
): Promise<Result<{ applied: number }>> {
  if (uses.length === 0) return { ok: true, applied: 0 }
  const rows = uses.map(({ source, invoiceId, amount }, index) => ({
    ...{ id: creditUseId(formId, index), ...source, invoiceId },
    amountMinor: amount.minor.toString(),
  }))
  return answerOf(
    await tx.$queryRaw<PostingRows>`
      SELECT apply_credits(${customerId}::uuid, ${JSON.stringify(rows)}::jsonb, business_date(${now}), ${now}) AS answer`,
    { applied: z.number() },
  )
}

/**
 * Uses credit on invoices as given, all of it or nothing. `formId` names the form: the same form again uses nothing more.
 * Refusals: those of postCredits.
 */
export async function applyCredits(
  {
    customerId,
    uses,
    formId,
    user,
  }: { customerId: CustomerId; uses: readonly CreditUse[]; formId: string; user: CreditUser },
  client?: Tx,
): Promise<Result<{ applied: number }>> {
  const work = async (tx: Tx): Promise<Result<{ applied: number }>> => {
    const answer = await postCredits(tx, { customerId, uses, formId }, await readNow(tx))
    if (answer.ok && answer.applied > 0) await recordAudit(auditOf(customerId, user, answer.applied), tx)
    return answer
  }
  return client === undefined ? withTransaction(work) : work(client)
}

function auditOf(customerId: CustomerId, user: CreditUser, applied: number): AuditEntry {
  return {
    actorKind: user.kind,
    actorId: user.personId,
    action: 'credit.applied',
    customerId,
    detail: { applied },
  }
}

export type CreditsFirst = {
  readonly customerId: CustomerId
  readonly currency: CurrencyCode
  /** What is to be paid on each invoice: credit covers at most that. */
  readonly invoices: readonly { readonly invoiceId: InvoiceId; readonly amount: Money }[]
  /** The form's id; for a cart, that of its payment. The same form again uses nothing more. */
  readonly formId: string
  readonly user: CreditUser
}

/**
 * Uses a customer's credit on invoices before money is asked for: the oldest credit on the oldest due. Answers what was used, which
 * is nothing when there is no credit, nothing payable, or when this form came before. Plan and posting happen under the locks of
 * the credits and invoices. With `client` it is part of that transaction, and must come before anything else there that locks.
 */
export async function applyCreditsFirst(
  options: CreditsFirst,
  client?: Tx,
): Promise<{ applied: readonly PlannedUse[] }> {
  return client === undefined
    ? withTransaction((tx) => coverWithCredit(options, tx))
    : coverWithCredit(options, client)
}

async function coverWithCredit(options: CreditsFirst, tx: Tx): Promise<{ applied: readonly PlannedUse[] }> {
  const { customerId, currency, invoices, formId, user } = options
  const wanted = new Map<InvoiceId, bigint>()
  for (const { invoiceId, amount } of invoices)
    wanted.set(invoiceId, (wanted.get(invoiceId) ?? 0n) + amount.minor)
  await tx.$queryRaw`SELECT lock_credits(${customerId}::uuid, ${currency}, ${[...wanted.keys()]}::uuid[], ${formId}::uuid)::text`
  if (await isKnownForm(formId, tx)) return { applied: [] }
  const credits = await readCredits(customerId, currency, tx)
  const uses = planCredits(credits, await readTargets(customerId, currency, wanted, tx))
  if (uses.length === 0) return { applied: [] }
  const answer = await applyCredits({ customerId, uses, formId, user }, tx)
  if (!answer.ok) throw new Error(`Credit was planned under its lock and refused: ${answer.refusal.code}`)
  return { applied: uses }
}

/** Whether this form has used credit, or become a payment, before. */
async function isKnownForm(formId: string, tx: Tx): Promise<boolean> {
  const id = creditUseId(formId, 0)
  const allocation = await tx.allocation.findUnique({ where: { id }, select: { id: true } })
  const payment = await tx.payment.findUnique({ where: { id: formId as PaymentId }, select: { id: true } })
  return allocation !== null || payment !== null
}
