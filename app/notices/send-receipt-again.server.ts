import { newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/**
 * Sends the receipt of a settled payment once more, to everybody who was sent it before, or to the customer when nobody was.
 * Each is a letter of its own in the outbox. Answers to how many it goes: none when the payment is not settled or the
 * customer has no address.
 */
export async function sendReceiptAgain(
  paymentId: PaymentId,
  personId: PersonId,
): Promise<{ letters: number }> {
  return withTransaction(async (tx) => {
    const payment = await tx.payment.findUnique({
      where: { id: paymentId },
      select: { state: true, customerId: true, customer: { select: { email: true } } },
    })
    if (payment === null || payment.state !== 'settled') return { letters: 0 }
    const before = await tx.mailOutbox.findMany({
      where: { template: 'receipt', parameters: { path: ['paymentId'], equals: paymentId } },
      select: { recipient: true },
      distinct: ['recipient'],
    })
    const email = payment.customer.email
    const recipients = before.length > 0 ? before.map(({ recipient }) => recipient) : email ? [email] : []
    const now = await readNow(tx)
    for (const recipient of recipients) {
      const id = newId()
      const mailKey = `receipt:${paymentId}:again:${id}`
      const { customerId } = payment
      await tx.mailOutbox.create({
        data: {
          id,
          mailKey,
          template: 'receipt',
          recipient,
          customerId,
          parameters: { paymentId },
          createdAt: now,
        },
      })
      await addJob(tx, 'mail:deliver', { mailId: id }, { key: `mail:deliver:${id}` })
    }
    const detail = { letters: recipients.length }
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: 'receipt.sent-again',
        customerId: payment.customerId,
        subjectId: paymentId,
        detail,
      },
      tx,
    )
    return { letters: recipients.length }
  })
}
