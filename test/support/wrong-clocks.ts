/** Payments while the clocks of the product and of the process are wrong: what runs by the clock, how news comes, where money is. */

import type { PaymentId } from '#app/books/ids.ts'
import { sweepSetups } from '#app/payments/methods/sweep-setups.server.ts'
import { paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { sweepStale, sweepUnknown } from '#app/payments/reading/sweep-stale.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'
import { allEvents, type CardWorld, chargesOf, paymentRow } from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { signed } from '#test/support/payment-history.ts'
import { rightSeconds, shift, shiftProcessClock } from '#test/support/shifted-clock.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A day, and a little more than the oldest signature that is taken, either way. */
export const SHIFTS_MS = [-DAY_MS, -5 * MINUTE_MS - 5_000, 0, 5 * MINUTE_MS + 5_000, DAY_MS]

/** Sets the product's clock and the process's so far ahead, in milliseconds. */
export function setClocks(product: number, node: number): void {
  shift.ms = product
  shiftProcessClock(node)
}

/** Everything that runs by the clock, once, and the jobs that it adds. */
export async function sweepAll({ processor }: CardWorld): Promise<void> {
  await sweepStale()
  await sweepUnknown()
  await sweepSetups(processor)
  await runJobsOnce(processor)
}

/** Runs the payment jobs that wait, as a worker would. */
export async function runJobsOnce(processor: CardWorld['processor']): Promise<void> {
  const handlers = paymentJobs(processor)
  const jobs = await db.$queryRaw<{ id: string; task: string; payload: string }[]>`
    SELECT j.id::text AS id, j.task_identifier AS task, p.payload::text AS payload
      FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
     WHERE j.task_identifier LIKE 'payments:%' AND j.run_at <= now()`
  for (const { id, task, payload } of jobs) {
    await asOwner('DELETE FROM graphile_worker._private_jobs WHERE id = $1', [id])
    await handlers[task]?.(JSON.parse(payload), AbortSignal.timeout(10_000))
  }
}

/** Ids of all events that the processor has by now. */
export async function knownEvents(world: CardWorld): Promise<Set<string>> {
  return new Set((await allEvents(world)).map(({ eventId }) => eventId))
}

/** Brings what is new at the processor, signed at the right time as the processor does. Answers how it was taken. */
export async function bringNews(world: CardWorld, known: Set<string>): Promise<Set<string>> {
  const taken = new Set<string>()
  for (const event of await allEvents(world)) {
    if (known.has(event.eventId)) continue
    known.add(event.eventId)
    const signature = signed(event.payload, { timestamp: rightSeconds() })
    const how = await receiveWebhook(world.processor, event.payload, signature)
    taken.add(how)
    if (how === 'stored') await processWebhook(world.processor, event.eventId)
  }
  return taken
}

/** State, money received, and how often the card was charged. */
export async function standOf(
  world: CardWorld,
  paymentId: PaymentId,
): Promise<{ state: string; received: bigint; charges: number }> {
  const { state, receivedMinor } = await paymentRow(paymentId)
  return { state, received: receivedMinor, charges: (await chargesOf(world, paymentId)).length }
}

/** The day on which a payment counts as paid. */
export async function settledOn(paymentId: PaymentId): Promise<string> {
  const { effectiveOn } = await db.journal.findFirstOrThrow({
    where: { recordId: paymentId, kind: 'payment.settled' },
  })
  return fromDatabaseDate(effectiveOn)
}
