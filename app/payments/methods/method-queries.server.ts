import { asId, type CustomerId, type SavedMethodId } from '#app/books/ids.ts'
import type { SavedMethod } from '#app/payments/methods/saved-method.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { MethodSetup, Prisma } from '#app/platform/generated/client.ts'

const LIVE_ENROLLMENTS = {
  _count: { select: { enrollments: { where: { state: { in: ['active', 'paused'] } } } } },
} as const satisfies Prisma.SavedMethodInclude

type Row = Prisma.SavedMethodGetPayload<{ include: typeof LIVE_ENROLLMENTS }>

/** The methods of a customer that are not removed, the default first, then the newest. */
export async function listSavedMethods(customerId: CustomerId, client: Tx = db): Promise<SavedMethod[]> {
  const rows = await client.savedMethod.findMany({
    where: { customerId, state: { not: 'removed' } },
    orderBy: [{ isDefault: 'desc' }, { createdAt: 'desc' }, { id: 'desc' }],
    include: LIVE_ENROLLMENTS,
  })
  return rows.map(savedMethodOf)
}

/** One method of a customer that is not removed, with its id at the processor. */
export async function findSavedMethod(
  customerId: CustomerId,
  id: SavedMethodId,
  client: Tx = db,
): Promise<(SavedMethod & { readonly providerMethodId: string }) | null> {
  const row = await client.savedMethod.findFirst({
    where: { id, customerId, state: { not: 'removed' } },
    include: LIVE_ENROLLMENTS,
  })
  return row && { ...savedMethodOf(row), providerMethodId: row.providerMethodId }
}

function savedMethodOf(row: Row): SavedMethod {
  const { kind, brand, last4, expMonth, expYear, funding, billingState } = row
  const { state, suspendedReason, isDefault, origin } = row
  return {
    id: asId<'met'>(row.id),
    ...{ kind, brand, last4, expMonth, expYear, funding, billingState },
    ...{ state, suspendedReason, isDefault, origin },
    enrollments: row._count.enrollments,
  }
}

/** The visit of a customer that an address names by its checkout; null when it is nobody's, or somebody else's. */
export async function findSetup(customerId: CustomerId, checkoutId: string): Promise<MethodSetup | null> {
  return db.methodSetup.findFirst({ where: { customerId, stripeCheckoutSessionId: checkoutId } })
}
