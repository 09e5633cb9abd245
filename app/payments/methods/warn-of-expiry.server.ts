import { getSupplier } from '#app/parties/supplier.server.ts'
import { expiryOf } from '#app/payments/methods/saved-method.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { businessDateIn } from '#app/platform/time.ts'

/**
 * Writes to every customer whose card expires within 30 days, once per card and expiry: to the account's address and to whoever
 * saved the card. Answers how many cards were warned of.
 */
export async function warnOfExpiry(): Promise<number> {
  const supplier = await getSupplier()
  const now = await readNow()
  const today = businessDateIn(supplier.timeZone, now)
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  const candidates = await db.savedMethod.findMany({
    where: {
      state: 'active',
      OR: [
        { expYear: year, expMonth: { gte: month, lte: month + 1 } },
        ...(month === 12 ? [{ expYear: year + 1, expMonth: 1 }] : []),
      ],
    },
    include: { customer: { select: { email: true } } },
  })
  const due = candidates.filter(
    (card) => expiryOf(card, today) === 'soon' && card.warnedOfExpiry !== `${card.expYear}-${card.expMonth}`,
  )
  for (const card of due)
    await withTransaction(async (tx) => {
      const expiry = `${card.expYear}-${card.expMonth}`
      const { count } = await tx.savedMethod.updateMany({
        where: { id: card.id, OR: [{ warnedOfExpiry: null }, { warnedOfExpiry: { not: expiry } }] },
        data: { warnedOfExpiry: expiry, updatedAt: now },
      })
      if (count === 0) return
      const owner =
        card.createdBy === null ? null : await tx.person.findUnique({ where: { id: card.createdBy } })
      const addresses = [card.customer.email, owner?.disabledAt === null ? owner.email : null]
      for (const address of new Set(addresses.flatMap((each) => each?.toLowerCase() ?? []))) {
        const key = `method-expiring:${card.id}:${expiry}:${address}`
        const parameters = JSON.stringify({ methodId: card.id })
        await tx.$queryRaw`
          SELECT queue_mail(${key}, 'method-expiring', ${address}, ${card.customerId}::uuid, ${parameters}::jsonb, ${now})`
      }
    })
  return due.length
}
