/** The supplier's own rules of card fees and discounts: each change is a new dated row, and is in the audit log. */
import { newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { TermRow } from '#app/payments/fees/discount-term.ts'
import type { NewTerm } from '#app/payments/fees/parse-fees.ts'
import type { SurchargeRule } from '#app/payments/fees/surcharge.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

/** Puts a surcharge rule in force from today on; the one before ends. */
export async function setSurchargeRule(
  rule: SurchargeRule,
  today: BusinessDate,
  personId: PersonId,
): Promise<void> {
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const id = newId()
    await tx.surchargeRule.updateMany({
      where: { OR: [{ validTo: null }, { validTo: { gte: toDatabaseDate(today) } }] },
      data: { validTo: toDatabaseDate(addDays(today, -1)) },
    })
    await tx.surchargeRule.create({
      data: {
        id,
        rateBps: rule.rateBps,
        networkCaps: { ...rule.networkCaps },
        stateCaps: { ...rule.stateCaps },
        validFrom: toDatabaseDate(today),
        reviewOn: toDatabaseDate(rule.reviewOn),
        createdAt: now,
      },
    })
    const detail = { rateBps: rule.rateBps, reviewOn: rule.reviewOn }
    await recordAudit(
      { actorKind: 'staff', actorId: personId, action: 'surcharge.set', subjectId: id, detail },
      tx,
    )
  })
}

/** Adds discount terms, for one customer by its number or for all. Refusal: CUSTOMER_NOT_FOUND. */
export async function addDiscountTerm(term: NewTerm, personId: PersonId): Promise<Result<object>> {
  const { customerNumber, validFrom, ...rest } = term
  return withTransaction(async (tx) => {
    const customer =
      customerNumber === null
        ? null
        : await tx.customer.findUnique({ where: { number: customerNumber }, select: { id: true } })
    if (customerNumber !== null && customer === null) return refuse('CUSTOMER_NOT_FOUND')
    const [id, createdAt] = [newId(), await readNow(tx)]
    const customerId = customer?.id ?? null
    await tx.discountTerm.create({
      data: { ...rest, id, customerId, validFrom: toDatabaseDate(validFrom), createdAt },
    })
    const detail = { rateBps: term.rateBps, days: term.days, basis: term.basis }
    const about = customerId === null ? {} : { customerId }
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: 'discount-term.added',
        ...about,
        subjectId: id,
        detail,
      },
      tx,
    )
    return { ok: true }
  })
}

/** Ends discount terms: invoices issued from today on are not for them. What was promised before stays. */
export async function endDiscountTerm(id: string, today: BusinessDate, personId: PersonId): Promise<boolean> {
  return withTransaction(async (tx) => {
    const { count } = await tx.discountTerm.updateMany({
      where: { id, validTo: null },
      data: { validTo: toDatabaseDate(addDays(today, -1)) },
    })
    if (count > 0)
      await recordAudit(
        { actorKind: 'staff', actorId: personId, action: 'discount-term.ended', subjectId: id },
        tx,
      )
    return count > 0
  })
}

/** All discount terms, those in force first, then the newest. */
export async function listDiscountTerms(): Promise<TermRow[]> {
  const rows = await db.discountTerm.findMany({
    orderBy: [{ validTo: { sort: 'desc', nulls: 'first' } }, { validFrom: 'desc' }, { id: 'desc' }],
    take: 200,
    include: { customer: { select: { number: true, name: true } } },
  })
  return rows.map((row) => ({
    ...row,
    validFrom: fromDatabaseDate(row.validFrom),
    validTo: row.validTo === null ? null : fromDatabaseDate(row.validTo),
  }))
}
