import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSmtpSender } from '#app/gateways/mail/client.server.ts'
import { noticeJobs } from '#app/notices/notice-jobs.server.ts'
import { PAYMENT_BOOT_JOBS, PAYMENT_CRONTAB, paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type RunningJobs, runJobs } from '#app/platform/jobs.server.ts'
import { createSupplier } from '#test/support/books.ts'
import {
  type CardWorld,
  cardWorldOn,
  chargesOf,
  createBuyer,
  enterCard,
  openCheckout,
  paymentRow,
  WEBHOOK_SECRET,
} from '#test/support/card-world.ts'
import { eventually, startSandbox } from '#test/support/sandbox.ts'

/** The sandbox sends its webhooks to a door of ours, and a real worker does the jobs: nobody helps. */
let world: CardWorld
let door: Server
let jobs: RunningJobs
beforeAll(async () => {
  await createSupplier()
  door = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      receiveWebhook(
        world.processor,
        Buffer.concat(chunks).toString(),
        String(request.headers['stripe-signature']),
      )
        .then((taken) => response.writeHead(taken === 'forged' ? 400 : 200).end())
        .catch(() => response.writeHead(500).end())
    })
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/webhooks/stripe`
  const sandbox = await startSandbox({ webhook: { url, secret: WEBHOOK_SECRET } })
  world = cardWorldOn(sandbox)
  const sender = createSmtpSender({
    smtpUrl: `smtp://127.0.0.1:${sandbox.smtpPort}`,
    from: 'Q <q@quittance.test>',
  })
  jobs = await runJobs(
    { ...paymentJobs(world.processor), ...noticeJobs(sender) },
    { crontab: PAYMENT_CRONTAB },
  )
})
afterAll(async () => {
  await jobs.stop()
  await world.stop()
  door.closeAllConnections()
  await new Promise((resolve) => door.close(resolve))
})

test('pay and close the browser: the payment settles, the receipt goes out, and the inbox is empty', {
  timeout: 150_000,
}, async () => {
  const buyer = await createBuyer([12_345n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await world.sandbox.control('POST', 'faults', { kind: 'duplicate', count: 2 })
  await world.sandbox.control('POST', 'faults', { kind: 'bad_signature', count: 1 })
  await enterCard(world, checkoutId)
  await eventually(async () => ((await paymentRow(paymentId)).state === 'settled' ? true : null), 40_000)
  await eventually(async () => {
    const letters = await db.mailOutbox.findMany({ where: { customerId: buyer.customerId } })
    return letters.length === 2 && letters.every((each) => each.sentAt !== null) ? true : null
  }, 40_000)
  await eventually(
    async () => ((await db.webhookInbox.count({ where: { processedAt: null } })) === 0 ? true : null),
    40_000,
  )
  expect(await chargesOf(world, paymentId)).toHaveLength(1)
  expect(await db.journal.count({ where: { recordId: paymentId, kind: 'payment.settled' } })).toBe(1)
})

test('the jobs that every start adds are jobs that exist', () => {
  const names = Object.keys(paymentJobs(world.processor))
  for (const name of PAYMENT_BOOT_JOBS) expect(names).toContain(name)
  for (const line of PAYMENT_CRONTAB.split('\n')) expect(names).toContain(line.split(' ')[5])
})
