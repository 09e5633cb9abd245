import { z } from 'zod'
import { asId } from '#app/books/ids.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { sweepStale, sweepUnknown } from '#app/payments/reading/sweep-stale.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { catchUpEvents } from '#app/payments/webhooks/catch-up-events.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'

const attempt = z.object({ attemptId: z.uuid() })
const event = z.object({ eventId: z.string().min(1) })
const payment = z.object({ paymentId: z.uuid() })

/** The jobs of payments, by name. Each parses its payload and calls one use case. */
export function paymentJobs(processor: CardProcessor): JobHandlers {
  return {
    'payments:send-attempt': async (payload) => {
      const { attemptId } = attempt.parse(payload)
      const state = await sendAttempt(processor, attemptId)
      if (state !== 'answered' && state !== 'declined') return
      // What the late answer leads to (a checkout that has closed since) is read at once.
      const { paymentId } = await db.paymentAttempt.findUniqueOrThrow({ where: { id: attemptId } })
      await syncPayment(processor, asId<'pay'>(paymentId), 'sweep')
    },
    'payments:process-webhook': (payload) => processWebhook(processor, event.parse(payload).eventId),
    'payments:sync': async (payload) => {
      await syncPayment(processor, asId<'pay'>(payment.parse(payload).paymentId), 'sweep')
    },
    'payments:catch-up-events': async () => {
      await catchUpEvents(processor)
    },
    'payments:sweep-stale': async () => {
      await sweepStale()
    },
    'payments:resolve-unknown': async () => {
      await sweepUnknown()
    },
  }
}

/** When the sweeps run, in cron's fields. One of each waits at most; one that fails is left to the next round. */
export const PAYMENT_CRONTAB = [
  '*/5 * * * * payments:catch-up-events ?jobKey=payments:catch-up-events&max=1',
  '* * * * * payments:sweep-stale ?jobKey=payments:sweep-stale&max=1',
  '* * * * * payments:resolve-unknown ?jobKey=payments:resolve-unknown&max=1',
].join('\n')

/** Jobs to add whenever a worker starts: what happened while none ran is caught up with at once. */
export const PAYMENT_BOOT_JOBS: readonly string[] = [
  'payments:catch-up-events',
  'payments:sweep-stale',
  'payments:resolve-unknown',
]
