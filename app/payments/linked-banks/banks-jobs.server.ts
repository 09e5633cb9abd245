import { z } from 'zod'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { processBankEvent } from '#app/payments/linked-banks/process-event.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'

const event = z.object({ eventId: z.string().min(1) })

/** The jobs of linked bank accounts, by name. */
export function banksJobs(processor: CardProcessor, banks: BankLinkProvider): JobHandlers {
  return {
    'banks:process-webhook': (payload) => processBankEvent(banks, event.parse(payload).eventId),
    'banks:sweep': async () => {
      await sweepLinks(processor, banks)
    },
  }
}

/** When they run, in cron's fields and UTC. */
export const BANKS_CRONTAB = '* * * * * banks:sweep ?jobKey=banks:sweep&max=1'
