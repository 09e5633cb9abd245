import type { PaymentId, PersonId } from '#app/books/ids.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/** Has a payment read again from the processor, in whatever state it is: by a job, so that it outlasts a provider that is down. */
export async function requestSync(paymentId: PaymentId, personId: PersonId): Promise<{ queued: boolean }> {
  return withTransaction(async (tx) => {
    const payment = await tx.payment.findUnique({ where: { id: paymentId }, select: { customerId: true } })
    if (payment === null) return { queued: false }
    await addJob(tx, 'payments:sync', { paymentId }, { key: `payments:sync:${paymentId}` })
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: 'payment.read-again',
        customerId: payment.customerId,
        subjectId: paymentId,
      },
      tx,
    )
    return { queued: true }
  })
}
