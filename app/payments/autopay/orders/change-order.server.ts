import type { AutopayId, CustomerId, PersonId } from '#app/books/ids.ts'
import { asId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { endOrder, lockOrders, pauseOrder } from '#app/payments/autopay/orders/end-order.server.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { isChargeable } from '#app/payments/methods/saved-method.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { AutopayEnrollment } from '#app/platform/generated/client.ts'
import { businessDateIn } from '#app/platform/time.ts'

export type ChangeOrder = {
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly enrollmentId: AutopayId
}

/** Stops an order until it is resumed: debits whose day comes meanwhile are not made. Refusal: AUTOPAY_NOT_FOUND. */
export function pauseAutopay(options: ChangeOrder): Promise<Result<object>> {
  return change(options, 'autopay.paused', async (tx, order, now) => {
    await pauseOrder(tx, order.id, 'by_buyer', now)
    return { ok: true }
  })
}

/** Starts a paused order again. Refusals: AUTOPAY_NOT_FOUND, METHOD_NOT_USABLE (it needs another method first). */
export function resumeAutopay(options: ChangeOrder): Promise<Result<object>> {
  return change(options, 'autopay.resumed', async (tx, order, now) => {
    const { timeZone } = await getSupplier(tx)
    const method = await findSavedMethod(options.customerId, asId<'met'>(order.savedMethodId), tx)
    if (method === null || !isChargeable(method, order.currency, businessDateIn(timeZone, now)))
      return refuse('METHOD_NOT_USABLE')
    const data = { state: 'active', pausedReason: null, updatedAt: now } as const
    await tx.autopayEnrollment.update({ where: { id: order.id }, data })
    return { ok: true }
  })
}

/** Ends an order for good. Refusal: AUTOPAY_NOT_FOUND. */
export function endAutopay(options: ChangeOrder): Promise<Result<object>> {
  return change(options, 'autopay.ended', async (tx, order, now) => {
    await endOrder(tx, order, 'revoked', now)
    return { ok: true }
  })
}

async function change(
  { customerId, personId, enrollmentId }: ChangeOrder,
  action: string,
  work: (tx: Tx, order: AutopayEnrollment, now: Date) => Promise<Result<object>>,
): Promise<Result<object>> {
  return withTransaction(async (tx) => {
    await lockOrders(tx, customerId)
    const order = await tx.autopayEnrollment.findFirst({
      where: { id: enrollmentId, customerId, state: { not: 'ended' } },
    })
    if (order === null) return refuse('AUTOPAY_NOT_FOUND')
    const result = await work(tx, order, await readNow(tx))
    if (!result.ok) return result
    const entry = { actorKind: 'buyer', actorId: personId, action } as const
    await recordAudit({ ...entry, customerId, subjectId: enrollmentId }, tx)
    return { ok: true }
  })
}
