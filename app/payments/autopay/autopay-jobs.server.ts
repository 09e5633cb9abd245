import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { learnOutcomes } from '#app/payments/autopay/learn-outcomes.server.ts'
import { runDebits } from '#app/payments/autopay/run-debits.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'

/** The jobs of autopay, by name. Each can run any number of times: days and states say what is left to do. */
export function autopayJobs(processor: CardProcessor): JobHandlers {
  return {
    'autopay:announce': async () => {
      await announceDebits()
    },
    'autopay:run': async () => {
      await runDebits(processor)
    },
    'autopay:learn': () => learnOutcomes(processor),
  }
}

/** When they run, in cron's fields. One of each waits at most; one that fails is left to the next round. */
export const AUTOPAY_CRONTAB = [
  '5 * * * * autopay:announce ?jobKey=autopay:announce&max=1',
  '*/10 * * * * autopay:run ?jobKey=autopay:run&max=1',
  '* * * * * autopay:learn ?jobKey=autopay:learn&max=1',
].join('\n')

/** Jobs to add whenever a worker starts: days that came while none ran are caught up with at once. */
export const AUTOPAY_BOOT_JOBS: readonly string[] = ['autopay:announce', 'autopay:run', 'autopay:learn']
