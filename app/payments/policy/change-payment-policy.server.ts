import type { PersonId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import type { PolicyChange } from '#app/payments/policy/payment-policy-form.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'

/** Sets the rules of a currency. The audit log tells each rule that changed, with what it was and what it is. */
export async function changePaymentPolicy(
  currency: CurrencyCode,
  change: PolicyChange,
  personId: PersonId,
): Promise<{ changed: number }> {
  const now = await readNow()
  return withTransaction(async (tx) => {
    const before = await readPaymentPolicy(currency, tx)
    const names = (Object.keys(change) as (keyof PolicyChange)[]).filter(
      (name) => change[name] !== before[name],
    )
    if (names.length === 0) return { changed: 0 }
    const fields = { ...change, updatedAt: now }
    await tx.paymentPolicy.upsert({ where: { currency }, create: { currency, ...fields }, update: fields })
    const told = names.map((name) => [name, `${before[name]} → ${change[name]}`])
    await recordAudit(
      {
        ...{ actorKind: 'staff', actorId: personId, action: 'payment-policy.changed', subjectId: currency },
        detail: Object.fromEntries(told),
      },
      tx,
    )
    return { changed: names.length }
  })
}
