/** Jobs whose worker is killed while it does them, and a job that can never be done. */
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeId, newId, type PaymentId } from '#app/books/ids.ts'
import { paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { listTroubledJobs } from '#app/platform/job-queue.server.ts'
import { addJob, type JobHandlers, runJobs } from '#app/platform/jobs.server.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type Buyer,
  type CardWorld,
  chargesOf,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { signed } from '#test/support/payment-history.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { eventually } from '#test/support/sandbox.ts'
import { staffVisitor } from '#test/support/staff-portal.ts'

const PAID = 'checkout.session.completed'

let world: CardWorld
let portal: Portal
beforeAll(async () => {
  world = await openCardWorld()
  portal = await openPortal()
}, 120_000)
afterAll(() => world.stop())

/** A payment that was made on the card page, and whose news has come in and waits for its job. */
async function paidAndTold(): Promise<{ buyer: Buyer; paymentId: PaymentId }> {
  const buyer = await createBuyer([4_200n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const event = (await allEvents(world)).find(
    (each) => each.type === PAID && each.reference === encodeId('pay', paymentId),
  )
  if (event === undefined) throw new Error('there is no news')
  expect(await receiveWebhook(world.processor, event.payload, signed(event.payload))).toBe('stored')
  return { buyer, paymentId }
}

/** A worker process of its own, until it is killed by itself in the middle of the job. */
async function workUntilKilled(when: 'before' | 'after'): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    [projectPath('test/support/job-child.ts'), String(world.sandbox.port), when],
    { stdio: 'ignore' },
  )
  return new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
}

const isSettled = async (paymentId: PaymentId): Promise<true | null> =>
  (await paymentRow(paymentId)).state === 'settled' || null

test.each(['before', 'after'] as const)(
  'a worker that is killed %s the work of a job leaves it to another, which does it once more; others do not wait for it',
  { timeout: 90_000 },
  async (when) => {
    const { buyer, paymentId } = await paidAndTold()
    expect(await workUntilKilled(when)).toBe('SIGKILL')
    const heldBefore = await db.$queryRaw<{ held: number }[]>`
      SELECT count(*)::int AS held FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`
    expect(heldBefore).toEqual([{ held: 1 }])

    const other = await paidAndTold()
    const ran: unknown[] = []
    const handlers = paymentJobs(world.processor)
    const counted: JobHandlers = {
      ...handlers,
      'payments:process-webhook': async (payload, signal) => {
        await handlers['payments:process-webhook']?.(payload, signal)
        ran.push(payload)
      },
    }
    const jobs = await runJobs(counted)
    try {
      await eventually(() => isSettled(other.paymentId), 30_000)
      await eventually(() => ran.length === 1 || null)
      await eventually(() => ran.length === 2 || null, 30_000)
    } finally {
      await jobs.stop()
    }
    expect((await paymentRow(paymentId)).state).toBe('settled')
    expect(await chargesOf(world, paymentId)).toHaveLength(1)
    expect(await db.journal.count({ where: { recordId: paymentId, kind: 'payment.settled' } })).toBe(1)
    expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
    expect(await db.webhookInbox.count({ where: { processedAt: null, paymentId } })).toBe(0)
  },
)

const TRIES = 4
const OTHERS = 12

test(`a job that always throws is given up after ${TRIES} tries, stands on the page of queues, and holds up no other`, {
  timeout: 90_000,
}, async () => {
  const strange = newId<'pay'>()
  await withTransaction((tx) =>
    addJob(tx, 'payments:sync', { paymentId: strange, since: 'never' }, { maxAttempts: TRIES }),
  )
  const payments = []
  for (let each = 0; each < OTHERS; each += 1) payments.push(await paidAndTold())
  let tries = 0
  const handlers = paymentJobs(world.processor)
  const jobs = await runJobs({
    ...handlers,
    'payments:sync': async () => {
      tries += 1
      throw new Error('the oak is too short')
    },
  })
  const manager = await staffVisitor(portal, 'clerk')
  try {
    for (const { paymentId } of payments) await eventually(() => isSettled(paymentId), 30_000)
    for (let seen = 1; seen < TRIES; seen += 1) {
      await eventually(() => tries >= seen || null, 15_000)
      // Its waits between tries, which grow, pass at once.
      await eventually(async () => {
        await asOwner(
          'UPDATE graphile_worker._private_jobs SET run_at = now() WHERE attempts = $1 AND locked_at IS NULL',
          [seen],
        )
        return tries > seen || null
      }, 15_000)
    }
    const [failed] = await eventually(async () => {
      const troubled = await listTroubledJobs()
      return troubled[0]?.isFailed ? troubled : null
    })
    expect(failed).toMatchObject({ task: 'payments:sync', attempts: TRIES, maxAttempts: TRIES })
    await asOwner('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE id = $1', [failed?.id])
    const after = await paidAndTold()
    await eventually(() => isSettled(after.paymentId), 30_000)
    expect(tries).toBe(TRIES)

    const page = await manager.read('/staff/queues')
    for (const words of [
      'failed for good',
      `${TRIES} of ${TRIES}`,
      'the oak is too short',
      '1 worker is running.',
    ])
      expect.soft(page, words).toContain(words)
    const again = await manager.post('/staff/queues', { job: failed?.id ?? '' })
    expect(again.headers.get('location')).toBe('/staff/queues?done=again')
    await eventually(() => tries === TRIES + 1 || null, 15_000)
  } finally {
    await jobs.stop()
  }
})
