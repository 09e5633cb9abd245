import { newId } from '#app/books/ids.ts'
import type { CardProcessor, MethodReading } from '#app/gateways/stripe/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'

/**
 * Reads which methods the processor keeps for a customer, and makes ours the same: new ones are added, changed ones (a new expiry,
 * a blocked account) follow, and what it no longer has is removed, and stays it. The first method becomes the default. Bank accounts
 * that came by a linking service are its link's to keep: they are passed over here, and stay. Does nothing for a customer that the processor does not know.
 */
export async function syncMethods(
  processor: CardProcessor,
  customerId: string,
  createdBy: string | null = null,
): Promise<void> {
  const { stripeCustomerId } = await db.customer.findUniqueOrThrow({ where: { id: customerId } })
  if (stripeCustomerId === null) return
  const readAt = await readNow()
  const readings = (await processor.listMethods(stripeCustomerId)).filter(isUsable).filter(isEnteredThere)
  await withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`methods:${customerId}`}, 0))`
    const now = await readNow(tx)
    for (const reading of readings) await keepMethod(tx, { customerId, reading, createdBy, now })
    await tx.savedMethod.updateMany({
      where: {
        // What was added since the reading began need not be in it.
        ...{ customerId, origin: 'checkout', state: { not: 'removed' }, createdAt: { lt: readAt } },
        providerMethodId: { notIn: readings.map(({ methodId }) => methodId) },
      },
      data: { state: 'removed', removedAt: now, isDefault: false, updatedAt: now },
    })
    await ensureDefault(tx, customerId, now)
  })
}

type UsableReading = MethodReading & { readonly kind: 'card' | 'us_bank_account' | 'link' }

function isUsable(reading: MethodReading): reading is UsableReading {
  return reading.kind !== 'other'
}

/** An account that came by a linking service has the id of a bank account at the processor. */
function isEnteredThere({ methodId }: MethodReading): boolean {
  return !methodId.startsWith('ba_')
}

export type KeepMethod = {
  readonly customerId: string
  readonly reading: UsableReading
  readonly createdBy: string | null
  readonly now: Date
  readonly bankLinkId?: string
}

/**
 * Adds a method or brings it up to date. A removed one stays removed whatever the processor says of it: it was let go of, or its bank
 * closed it. Only linking the account anew, which its owner does under a mandate of its own, brings it back.
 */
export async function keepMethod(tx: Tx, options: KeepMethod): Promise<string> {
  const { customerId, reading, createdBy, now, bankLinkId } = options
  const { kind, brand, last4, expMonth, expYear, funding, billingState, holderName, fingerprint } = reading
  const facts = { kind, brand, last4, expMonth, expYear, funding, billingState, holderName, fingerprint }
  const known = await tx.savedMethod.findUnique({ where: { providerMethodId: reading.methodId } })
  if (known?.state === 'removed' && bankLinkId === undefined) return known.id
  const blocked = reading.blockedCode === null ? {} : { suspendedReason: 'bank_return' }
  const state = reading.blockedCode === null ? (known?.state ?? 'active') : 'suspended'
  const standing = state === 'removed' ? 'active' : state
  if (known !== null) {
    const changes = { ...facts, ...blocked, state: standing, removedAt: null, updatedAt: now }
    await tx.savedMethod.update({ where: { id: known.id }, data: changes })
    return known.id
  }
  const id = newId<'met'>()
  const origin = bankLinkId === undefined ? 'checkout' : 'plaid'
  await tx.savedMethod.create({
    data: {
      ...{ id, customerId, providerMethodId: reading.methodId, ...facts, ...blocked, state: standing },
      ...{ origin, bankLinkId: bankLinkId ?? null, createdBy, createdAt: now, updatedAt: now },
    },
  })
  return id
}

/** One method is the default as long as any can be used: the newest, when nobody has chosen. */
export async function ensureDefault(tx: Tx, customerId: string, now: Date): Promise<void> {
  const methods = await tx.savedMethod.findMany({
    where: { customerId, state: 'active' },
    orderBy: [{ isDefault: 'desc' }, { createdAt: 'desc' }, { id: 'desc' }],
  })
  const first = methods[0]
  if (first === undefined || first.isDefault) return
  await tx.savedMethod.update({ where: { id: first.id }, data: { isDefault: true, updatedAt: now } })
}
