import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { asId, type PaymentId } from '#app/books/ids.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type CardWorld, deliverWebhooks } from '#test/support/card-world.ts'
import type { CrashWork } from '#test/support/crash-child.ts'
import { asOwner } from '#test/support/owner.ts'

const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url))

/** Does a piece of work in a process that ends at the n-th step; with 0 it goes through. Answers how many steps it said it took. */
export async function crashAt(step: number, work: CrashWork): Promise<number> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(work)], {
    env: { ...process.env, CRASH_AT: String(step) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...how) => resolve(how)),
  )
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the process failed by itself:\n${said}`)
  return Number(/steps (\d+)/.exec(said)?.[1] ?? 0)
}

/**
 * What the jobs do after a crash, without waiting for their time: writes that nobody answered are sent again, news is brought,
 * and the payment is read.
 */
export async function recover(world: CardWorld, paymentId: PaymentId): Promise<void> {
  await asOwner(
    `UPDATE payment_attempt SET first_sent_at = first_sent_at - interval '3 minutes', last_sent_at = last_sent_at - interval '3 minutes'
      WHERE payment_id = $1`,
    [paymentId],
  )
  const attempts = await db.paymentAttempt.findMany({
    where: { paymentId, state: { in: ['recorded', 'sent', 'unknown'] } },
  })
  for (const { id } of attempts) await sendAttempt(world.processor, id)
  await deliverWebhooks(world)
  // Events that were stored by the process that died wait for their job.
  const waiting = await db.webhookInbox.findMany({ where: { processedAt: null, paymentId } })
  if (waiting.length > 0 || attempts.length > 0)
    await syncPayment(world.processor, asId<'pay'>(paymentId), 'sweep')
}
