import { type AutopayId, type CustomerId, newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { Acceptance } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import { storedScope } from '#app/payments/autopay/autopay-rows.server.ts'
import { type Agreement, drawUpAgreement } from '#app/payments/autopay/orders/draw-up-agreement.server.ts'
import { endOrder, lockOrders } from '#app/payments/autopay/orders/end-order.server.ts'
import type { AutopayTerms } from '#app/payments/autopay/orders/order.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'

export type EnrollAutopay = {
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly personName: string
  readonly terms: AutopayTerms
  /** Hash of the text that was shown above the tick. */
  readonly shownHash: string
  /** Where the tick was made. */
  readonly acceptance: Acceptance
}

/**
 * Makes the order that a buyer agreed to; the customer's live order in the same currency ends with it, so a change is a new
 * agreement. The tick stands for the text that was shown: if the terms mean another text now, nothing is made. Refusals: those of
 * drawUpAgreement, AUTOPAY_TEXT_CHANGED.
 */
export async function enrollAutopay(options: EnrollAutopay): Promise<Result<{ enrollmentId: AutopayId }>> {
  const { customerId, personId, personName, terms, shownHash } = options
  return withTransaction(async (tx) => {
    await lockOrders(tx, customerId)
    const agreement = await drawUpAgreement(customerId, personName, terms, tx)
    if (!agreement.ok) return agreement
    if (agreement.hash !== shownHash) return refuse('AUTOPAY_TEXT_CHANGED')
    const now = await readNow(tx)
    const before = await tx.autopayEnrollment.findMany({
      where: { customerId, currency: terms.currency, state: { not: 'ended' } },
    })
    for (const order of before) await endOrder(tx, order, 'replaced', now)
    const enrollmentId = await keepOrder(tx, options, agreement, now)
    if (agreement.method.kind === 'us_bank_account') await keepLeave(tx, options, agreement, now)
    const parameters = { enrollmentId }
    const letter = {
      template: 'autopay-enrolled',
      fact: enrollmentId,
      customerId,
      personId,
      parameters,
    } as const
    await queueAutopayLetter(tx, letter, now)
    const entry = { actorKind: 'buyer', actorId: personId, action: 'autopay.agreed' } as const
    const detail = { textHash: agreement.hash, replaces: before[0]?.id ?? null }
    await recordAudit({ ...entry, customerId, subjectId: enrollmentId, detail }, tx)
    return { ok: true, enrollmentId }
  })
}

async function keepOrder(
  tx: Tx,
  { customerId, personId, terms, acceptance }: EnrollAutopay,
  { text, version, hash }: Agreement,
  now: Date,
): Promise<AutopayId> {
  const id = newId<'aut'>()
  await tx.autopayEnrollment.create({
    data: {
      ...{ id, customerId, savedMethodId: terms.methodId, currency: terms.currency, state: 'active' },
      ...{ ...storedScope(terms.scope), daysBefore: terms.daysBefore, maxMinor: terms.limitMinor },
      ...{ textVersion: version, textHash: hash, agreedText: text, acceptedBy: personId, acceptedAt: now },
      ...{ ...acceptance, createdAt: now, updatedAt: now },
    },
  })
  return id
}

/** The leave to debit a bank account again and again, as proof besides whatever the processor keeps. */
async function keepLeave(
  tx: Tx,
  { customerId, personId, terms, acceptance }: EnrollAutopay,
  { version, hash }: Agreement,
  now: Date,
): Promise<void> {
  await tx.mandate.create({
    data: {
      ...{ id: newId<'man'>(), customerId, savedMethodId: terms.methodId, use: 'multi_use', state: 'active' },
      ...{ textVersion: version, textHash: hash, acceptedBy: personId, acceptedAt: now },
      ...{ ...acceptance, createdAt: now },
    },
  })
}
