import { type MailPart, parseMail, textOf } from '#scripts/sandbox/mail/mime.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type Mail = {
  id: number
  /** Real time of arrival. */
  receivedAt: Date
  sender: string
  /** Everyone it was delivered to, blind copies included. */
  recipients: string[]
  subject: string
  from: string
  text: string | null
  html: string | null
  attachments: MailPart[]
}

const MAX_LISTED = 200

/** Keeps a message as it came; on disk when this returns. */
export function storeMail(
  sandbox: Sandbox,
  sender: string,
  recipients: readonly string[],
  raw: Buffer,
): void {
  const sql = 'INSERT INTO mail (received_at_ms, sender, recipients, raw) VALUES (?, ?, ?, ?)'
  sandbox.store.run(sql, Date.now(), sender, JSON.stringify(recipients), raw)
}

/** The newest messages first, all or those to one address (upper and lower case alike). */
export function listMail(sandbox: Sandbox, to: string | null): Mail[] {
  const sql = `SELECT id, received_at_ms, sender, recipients, raw FROM mail
    WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE lower(value) = ?1)
    ORDER BY id DESC LIMIT ?2`
  return sandbox.store.rows(sql, to?.trim().toLowerCase() || null, MAX_LISTED).map(readMail)
}

/** One message, or null. */
export function getMail(sandbox: Sandbox, id: number): Mail | null {
  const row = sandbox.store.row(
    'SELECT id, received_at_ms, sender, recipients, raw FROM mail WHERE id = ?',
    id,
  )
  return row ? readMail(row) : null
}

/** Messages as JSON for tests: texts in full, attachments by name, type, size and address. */
export function findMail(sandbox: Sandbox, to: string | null): object[] {
  return listMail(sandbox, to).map(({ attachments, receivedAt, ...mail }) => ({
    ...mail,
    received_at: receivedAt.toISOString(),
    attachments: attachments.map((part, index) => ({
      filename: attachmentName(part, index),
      content_type: part.contentType,
      size: part.content.length,
      url: `${sandbox.publicUrl}/mailbox/${mail.id}/attachments/${index}`,
    })),
  }))
}

/** A name to save an attachment under. */
export function attachmentName(part: MailPart, index: number): string {
  const name = part.filename?.replaceAll(/[^\p{L}\p{N}._ ()-]/gu, '_').slice(0, 120)
  return name || `attachment-${index + 1}`
}

function readMail(row: Record<string, unknown>): Mail {
  const { headers, parts } = parseMail(Buffer.from(row.raw as Uint8Array))
  const body = parts.filter((part) => !part.isAttachment)
  const find = (type: string): string | null => {
    const part = body.find((one) => one.contentType === type)
    return part ? textOf(part).replaceAll('\r\n', '\n') : null
  }
  return {
    id: Number(row.id),
    receivedAt: new Date(Number(row.received_at_ms)),
    sender: String(row.sender),
    recipients: JSON.parse(String(row.recipients)) as string[],
    subject: headers.get('subject') ?? '(no subject)',
    from: headers.get('from') ?? String(row.sender),
    text: find('text/plain'),
    html: find('text/html'),
    attachments: parts.filter((part) => part.isAttachment),
  }
}
