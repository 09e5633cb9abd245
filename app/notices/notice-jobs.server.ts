import { z } from 'zod'
import type { MailSender } from '#app/gateways/mail/port.ts'
import { deliverMail } from '#app/notices/deliver-mail.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'
import { log } from '#app/platform/log.server.ts'

const mail = z.object({ mailId: z.uuid() })

/** The jobs of letters, by name. Without a mail server letters stay in the outbox, and nothing fails. */
export function noticeJobs(sender: MailSender | null): JobHandlers {
  return {
    'mail:deliver': async (payload) => {
      const { mailId } = mail.parse(payload)
      if (sender === null)
        log.info({ mailId }, 'no mail server is configured: the letter stays in the outbox')
      else await deliverMail(sender, mailId)
    },
  }
}
