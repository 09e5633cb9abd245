/** A letter ready to be sent: the same words as text and as HTML. */
export type OutgoingMail = {
  /** Stable, so that a letter sent twice is one letter to every mail program: <…@host>. */
  readonly messageId: string
  readonly to: string
  /** Name shown before our sending address. */
  readonly fromName: string
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachments: readonly MailAttachment[]
}

export type MailAttachment = {
  readonly fileName: string
  readonly contentType: string
  readonly content: Uint8Array
}

export interface MailSender {
  /** Hands the letter to the mail server. Throws a GatewayFault: `rejected` when the server refuses it for good. */
  send(mail: OutgoingMail): Promise<void>
}
