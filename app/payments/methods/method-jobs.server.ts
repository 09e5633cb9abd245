import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { sweepSetups } from '#app/payments/methods/sweep-setups.server.ts'
import { warnOfExpiry } from '#app/payments/methods/warn-of-expiry.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'

/** The jobs of saved methods, by name. */
export function methodJobs(processor: CardProcessor): JobHandlers {
  return {
    'methods:sweep-setups': async () => {
      await sweepSetups(processor)
    },
    'methods:warn-of-expiry': async () => {
      await warnOfExpiry()
    },
  }
}

/** When they run, in cron's fields and UTC. */
export const METHOD_CRONTAB = [
  '*/5 * * * * methods:sweep-setups ?jobKey=methods:sweep-setups&max=1',
  '0 14 * * * methods:warn-of-expiry ?jobKey=methods:warn-of-expiry&max=1',
].join('\n')
