import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { MailSender } from '#app/gateways/mail/port.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { letterHtml, letterText } from '#app/notices/letter.ts'
import { openException } from '#app/payments/posting.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/**
 * Sends one letter of the outbox, unless it was sent. A crash between the server's "accepted" and our note sends it again
 * under the same Message-ID. A server that does not answer makes the job run again later, with growing waits; one that
 * refuses the letter for good makes a case for a person. Mail never holds up money: nothing waits for it.
 */
export async function deliverMail(sender: MailSender, mailId: string): Promise<void> {
  const row = await db.mailOutbox.findUnique({ where: { id: mailId } })
  if (row === null) throw new Error(`There is no letter ${mailId}`)
  if (row.sentAt !== null) return
  const { letter, sender: from, attachments } = await composeMail(row)
  const messageId = messageIdOf(row.mailKey)
  try {
    await sender.send({
      messageId,
      to: row.recipient,
      fromName: from.name,
      replyTo: from.email,
      subject: letter.subject,
      text: letterText(letter),
      html: letterHtml(letter),
      attachments,
    })
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    await noteFault(mailId, row.customerId, error)
    if (error.kind === 'rejected') return
    throw error
  }
  const now = await readNow()
  await db.mailOutbox.update({
    where: { id: mailId },
    data: { sentAt: now, messageId, attempts: { increment: 1 }, lastError: null },
  })
}

async function noteFault(mailId: string, customerId: string | null, fault: GatewayFault): Promise<void> {
  const now = await readNow()
  await withTransaction(async (tx) => {
    await tx.mailOutbox.update({
      where: { id: mailId },
      data: { attempts: { increment: 1 }, lastError: fault.message },
    })
    if (fault.kind !== 'rejected') return
    const detail = { subjectId: mailId, customerId, code: fault.code }
    await openException(tx, 'mail.refused', `mail.refused:${mailId}`, detail, now)
  })
}

/** One Message-ID per fact, whatever happens: a letter that goes out twice is one letter to every mail program. */
export function messageIdOf(mailKey: string): string {
  const name = sha256(mailKey).slice(0, 40)
  const host = /@([^\s>]+)/.exec(env.mail.from)?.[1] ?? 'localhost'
  return `<${name}@${host}>`
}
