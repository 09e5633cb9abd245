/**
 * A worker process that is killed in the middle of a job: node job-child.ts PORT before|after. It takes the first event of the card
 * processor that waits and dies before or after the handler has done its work, in any case before the queue hears of it.
 */
import { z } from 'zod'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import { paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { runJobs } from '#app/platform/jobs.server.ts'

const [port, when] = z
  .tuple([z.coerce.number().int(), z.enum(['before', 'after'])])
  .parse(process.argv.slice(2))
const processor = createStripeProcessor({
  secretKey: 'sk_test_sandbox',
  webhookSecrets: ['whsec_tests'],
  api: { host: '127.0.0.1', port, protocol: 'http' },
})
const handle = paymentJobs(processor)['payments:process-webhook']
await runJobs(
  {
    'payments:process-webhook': async (payload, signal) => {
      if (when === 'after') await handle?.(payload, signal)
      process.kill(process.pid, 'SIGKILL')
    },
  },
  { concurrency: 1 },
)
