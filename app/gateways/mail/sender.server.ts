import { createSmtpSender } from '#app/gateways/mail/client.server.ts'
import type { MailSender } from '#app/gateways/mail/port.ts'
import { env } from '#app/platform/env.server.ts'

/** The mail server of this deployment, or null when none is configured: letters then stay in the outbox. */
export const mailSender: MailSender | null =
  env.mail.smtpUrl === undefined ? null : createSmtpSender({ smtpUrl: env.mail.smtpUrl, from: env.mail.from })
