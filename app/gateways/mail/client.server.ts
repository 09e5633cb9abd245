import { createTransport } from 'nodemailer'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { MailSender } from '#app/gateways/mail/port.ts'

export type MailConfig = {
  /** smtp:// or smtps:// with user and password when the server wants them. */
  readonly smtpUrl: string
  /** Address, or "Name <address>", that letters come from. */
  readonly from: string
}

/** A mail server reached over SMTP. One connection per letter; each step gives up after 10 s. */
export function createSmtpSender(config: MailConfig): MailSender {
  const transport = createTransport({
    url: config.smtpUrl,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 10_000,
    // Letters are made here; no file or address named in one is ever opened.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const address = /<([^>]+)>\s*$/.exec(config.from)?.[1] ?? config.from

  return {
    async send(mail) {
      try {
        await transport.sendMail({
          messageId: mail.messageId,
          from: { name: mail.fromName, address },
          to: mail.to,
          ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          headers: { 'Auto-Submitted': 'auto-generated' },
          attachments: mail.attachments.map((each) => ({
            filename: each.fileName,
            contentType: each.contentType,
            content: Buffer.from(each.content),
          })),
        })
      } catch (error) {
        throw asMailFault(error)
      }
    },
  }
}

/** A permanent answer of the server (5xx) is `rejected`; all else may be tried again. The server's text stays out. */
function asMailFault(error: unknown): GatewayFault {
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : Number.NaN
  const name = error instanceof Error && 'code' in error ? String(error.code) : 'without a code'
  return new GatewayFault({
    kind: code >= 500 && code < 600 ? 'rejected' : 'unavailable',
    vendor: 'mail',
    operation: 'send',
    code: Number.isNaN(code) ? name : String(code),
    message: name,
  })
}
