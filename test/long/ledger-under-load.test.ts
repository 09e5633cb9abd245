import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { db } from '#app/platform/db.server.ts'
import { mineConfirmations } from '#scripts/supervisor/anvil.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'
import { fund, ledgerUnderTest, newWriterKey, openEvents } from '#test/support/ledger-chain.ts'

/** quality.md's bars for the ledger under load: a worker process, a real chain, payments straight into the books. */
const PAYMENTS_PER_SECOND = 50
const STEADY_SECONDS = 60
const DOWN_SECONDS = 600
const DRAIN_LIMIT_MS = 120_000
const FINAL_LIMIT_MS = 5_000

const writerKey = newWriterKey()
const stopping = new AbortController()
let worker: ChildProcess
let anvil: Anvil
let writer: string
let customers: string[]

beforeAll(async () => {
  anvil = await startAnvil([], await choosePort())
  await createSupplier()
  customers = await Promise.all(Array.from({ length: 20 }, () => createCustomer()))
  const ledger = await ledgerUnderTest(anvil.url, writerKey)
  writer = ledger.signer.address
  ledger.close()
  const settings = { CHAIN_RPC_URL: anvil.url, CHAIN_CONFIRMATIONS: '2', LEDGER_WRITER_KEY: writerKey }
  worker = fork(new URL('../support/ledger-worker.ts', import.meta.url), {
    env: { ...process.env, ...settings },
    execArgv: [],
  })
  void mineConfirmations(anvil.url, stopping.signal)
})

afterAll(async () => {
  stopping.abort()
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.disconnect()
  await ended
  await anvil.kill()
})

/** Settles one new payment; answers its id and when the books had it. */
async function pay(number: number): Promise<{ paymentId: string; at: number }> {
  const customer = customers[number % customers.length] ?? ''
  const invoice = await issueInvoice(customer, 100n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 100n }])
  expect((await settlePayment(paymentId, 100n)).ok).toBe(true)
  return { paymentId, at: Date.now() }
}

async function payFor(seconds: number): Promise<{ paymentId: string; at: number }[]> {
  const startedAt = performance.now()
  const payments: Promise<{ paymentId: string; at: number }>[] = []
  for (let number = 0; number < seconds * PAYMENTS_PER_SECOND; number += 1) {
    await sleep(Math.max(0, startedAt + (number * 1000) / PAYMENTS_PER_SECOND - performance.now()))
    payments.push(pay(number))
  }
  return Promise.all(payments)
}

const drained = (limitMs: number) => expect.poll(openEvents, { timeout: limitMs, interval: 250 }).toBe(0)

test(`at ${PAYMENTS_PER_SECOND} payments a second, 95 % are final within ${FINAL_LIMIT_MS / 1000} s`, async () => {
  const payments = await payFor(STEADY_SECONDS)
  await drained(60_000)
  const finals = await db.$queryRaw<{ paymentId: string; finalAt: Date }[]>`
    SELECT e.relates_to AS "paymentId", s.final_at AS "finalAt"
      FROM ledger_event e JOIN ledger_entry l ON l.ledger_event_id = e.id
      JOIN chain_transaction_status s ON s.chain_transaction_id = l.chain_transaction_id WHERE e.type = 'payment.applied'`
  const finalAt = new Map(finals.map((row) => [row.paymentId, row.finalAt.getTime()]))
  const waits = payments
    .map(({ paymentId, at }) => (finalAt.get(paymentId) ?? Infinity) - at)
    .toSorted((a, b) => a - b)
  const percentile = (share: number): number => waits[Math.ceil(waits.length * share) - 1] ?? Infinity
  console.log(`final after: p50 ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms, most ${waits.at(-1)} ms`)
  expect(percentile(0.95)).toBeLessThanOrEqual(FINAL_LIMIT_MS)
})

test(`${DOWN_SECONDS / 60} minutes without a chain fail no payment, and the backlog drains in two minutes`, async () => {
  const { port } = anvil
  await anvil.kill()
  await payFor(DOWN_SECONDS)
  console.log(`${await openEvents()} events wait`)
  anvil = await startAnvil([], port)
  await fund(anvil.url, writer)
  const startedAt = performance.now()
  await drained(DRAIN_LIMIT_MS)
  console.log(`drained in ${Math.round(performance.now() - startedAt)} ms`)
  const chain = await connectChain(anvil.url)
  await checkStreams(chain)
  chain.close()
})
