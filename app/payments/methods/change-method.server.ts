import type { CustomerId, PersonId, SavedMethodId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { closeLinkOf } from '#app/payments/linked-banks/links/end-link.server.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { ensureDefault } from '#app/payments/methods/sync-methods.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

export type ChangeMethod = {
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly methodId: SavedMethodId
}

/** Makes a method the one that is offered first. Refusals: METHOD_NOT_FOUND, METHOD_NOT_USABLE. */
export async function makeDefault({ customerId, personId, methodId }: ChangeMethod): Promise<Result<object>> {
  return withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`methods:${customerId}`}, 0))`
    const method = await findSavedMethod(customerId, methodId, tx)
    if (method === null) return refuse('METHOD_NOT_FOUND')
    if (method.state !== 'active') return refuse('METHOD_NOT_USABLE')
    const now = await readNow(tx)
    const others = { customerId, isDefault: true, id: { not: methodId } }
    await tx.savedMethod.updateMany({ where: others, data: { isDefault: false, updatedAt: now } })
    await tx.savedMethod.update({ where: { id: methodId }, data: { isDefault: true, updatedAt: now } })
    const entry = { actorKind: 'buyer', actorId: personId, action: 'method.made-default' } as const
    await recordAudit({ ...entry, customerId, subjectId: methodId }, tx)
    return { ok: true }
  })
}

/**
 * Removes a method here and lets go of it at the processor; its mandates end. Under the same key however often it is tried, so an
 * unclear answer is settled by trying again. Refusals: METHOD_NOT_FOUND, METHOD_IN_USE (a standing order pays by
 * it), PROVIDER_UNAVAILABLE (it is not removed).
 */
export async function removeMethod(
  processor: CardProcessor,
  { customerId, personId, methodId }: ChangeMethod,
): Promise<Result<object>> {
  const method = await findSavedMethod(customerId, methodId)
  if (method === null) return refuse('METHOD_NOT_FOUND')
  if (method.enrollments > 0) return refuse('METHOD_IN_USE')
  try {
    await processor.detachMethod(method.providerMethodId, `payment_methods.detach:${methodId}:1`)
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ methodId, code: error.code }, 'a method was not let go of')
    return refuse('PROVIDER_UNAVAILABLE')
  }
  return withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`methods:${customerId}`}, 0))`
    const still = await findSavedMethod(customerId, methodId, tx)
    if (still === null) return { ok: true }
    // A standing order that was made meanwhile finds its method gone and pauses; it is told of here.
    const now = await readNow(tx)
    const removed = { state: 'removed', removedAt: now, isDefault: false, updatedAt: now } as const
    await tx.savedMethod.update({ where: { id: methodId }, data: removed })
    await tx.mandate.updateMany({
      where: { savedMethodId: methodId, state: { not: 'inactive' } },
      data: { state: 'inactive', endedAt: now, endedReason: 'method_removed' },
    })
    await closeLinkOf(tx, methodId, now)
    await ensureDefault(tx, customerId, now)
    const entry = { actorKind: 'buyer', actorId: personId, action: 'method.removed' } as const
    await recordAudit({ ...entry, customerId, subjectId: methodId }, tx)
    return { ok: true }
  })
}
