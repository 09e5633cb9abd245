import type { PauseReason } from '#app/payments/autopay/after-failure.ts'
import { queueAutopayLetter } from '#app/payments/autopay/autopay-mail.server.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { AutopayEnrollment } from '#app/platform/generated/client.ts'

/** Whoever changes an order of a customer waits here for whoever does so already. */
export async function lockOrders(tx: Tx, customerId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`autopay:${customerId}`}, 0))`
}

/**
 * Ends an order: announced debits are off, and the leave to debit its bank account is over. What has begun goes on. The orders of
 * the customer must be locked.
 */
export async function endOrder(
  tx: Tx,
  order: AutopayEnrollment,
  endedReason: 'revoked' | 'replaced',
  now: Date,
): Promise<void> {
  await tx.autopayEnrollment.update({
    where: { id: order.id },
    data: { state: 'ended', endedAt: now, updatedAt: now },
  })
  await tx.autopayRun.updateMany({
    where: { enrollmentId: order.id, state: 'noticed' },
    data: { state: 'skipped', reason: 'autopay_ended', nextTryAt: null, updatedAt: now },
  })
  await tx.mandate.updateMany({
    where: { savedMethodId: order.savedMethodId, textHash: order.textHash, state: { not: 'inactive' } },
    data: { state: 'inactive', endedAt: now, endedReason },
  })
}

/** Reasons that no other letter tells the payer of. */
const TOLD_BY_LETTER: ReadonlySet<PauseReason> = new Set(['method_gone', 'second_return', 'forbidden_return'])

/** Pauses a live order and tells the payer why; one that is paused already keeps its first reason. Answers whether it was active. */
export async function pauseOrder(
  tx: Tx,
  orderId: string,
  pausedReason: PauseReason,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.autopayEnrollment.updateMany({
    where: { id: orderId, state: 'active' },
    data: { state: 'paused', pausedReason, updatedAt: now },
  })
  if (count > 0) await tellOfPause(tx, orderId, now)
  return count > 0
}

/** The letter about a pause that nobody asked for. Asking twice for the same pause sends one. */
export async function tellOfPause(tx: Tx, orderId: string, now: Date): Promise<void> {
  const order = await tx.autopayEnrollment.findUniqueOrThrow({ where: { id: orderId } })
  const reason = order.pausedReason
  if (order.state !== 'paused' || !TOLD_BY_LETTER.has(reason as PauseReason)) return
  const { customerId, acceptedBy: personId } = order
  // The letter about a failed debit says so, too, when the same return brought the pause.
  const said = { path: ['enrollmentId'], equals: orderId }
  const isTold = await tx.mailOutbox.findFirst({
    where: { customerId, template: 'autopay-failed', createdAt: { gte: order.updatedAt }, parameters: said },
    select: { id: true },
  })
  if (isTold !== null) return
  const fact = `${orderId}:${order.updatedAt.getTime()}`
  const parameters = { enrollmentId: orderId, reason }
  await queueAutopayLetter(tx, { template: 'autopay-paused', fact, customerId, personId, parameters }, now)
}
