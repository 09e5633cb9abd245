import { listTroubledPayments } from '#app/payments/overview/payment-queries.server.ts'
import type { TroubledPayment, TroubleReason } from '#app/payments/overview/troubled-payment.ts'
import { db } from '#app/platform/db.server.ts'

/** Payments that staff should know of, each with the gravest reason and since when it holds; oldest first. */
export async function listTroubles(): Promise<TroubledPayment[]> {
  const payments = await listTroubledPayments()
  const rows = await db.payment.findMany({
    where: { id: { in: payments.map(({ id }) => id) } },
    select: {
      id: true,
      updatedAt: true,
      syncedAt: true,
      attempts: {
        where: { state: { in: ['unknown', 'sent', 'recorded'] } },
        orderBy: { createdAt: 'asc' },
        select: { state: true, firstSentAt: true, createdAt: true },
      },
    },
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return payments.flatMap((payment) => {
    const row = byId.get(payment.id)
    if (row === undefined) return []
    const unknown = row.attempts.find(({ state }) => state === 'unknown')
    const open = unknown ?? row.attempts[0]
    const reason: TroubleReason = unknown ? 'outcome-unknown' : open ? 'not-answered' : 'no-word'
    const since = open ? (open.firstSentAt ?? open.createdAt) : row.updatedAt
    return [{ ...payment, reason, since, syncedAt: row.syncedAt }]
  })
}
