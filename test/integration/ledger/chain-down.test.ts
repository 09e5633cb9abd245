import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { ledgerLoop } from '#app/ledger/ledger-loop.server.ts'
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

/** The worker's own loops, two of them, against a chain that comes and goes. */
const writerKey = newWriterKey()
const stopping = new AbortController()
const running: Promise<void>[] = []
let anvil: Anvil
let customer: string

beforeAll(async () => {
  anvil = await startAnvil([], await choosePort())
  await createSupplier()
  customer = await createCustomer()
  const ledger = await ledgerUnderTest(anvil.url, writerKey)
  ledger.close()
  for (let worker = 0; worker < 2; worker += 1)
    running.push(ledgerLoop(stopping.signal, { rpcUrl: anvil.url, confirmations: 2, writerKey }))
  void mineConfirmations(anvil.url, stopping.signal)
})

afterAll(async () => {
  stopping.abort()
  await Promise.all(running)
  await anvil.kill()
})

async function pay(): Promise<void> {
  const invoice = await issueInvoice(customer, 100n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 100n }])
  expect((await settlePayment(paymentId, 100n)).ok).toBe(true)
}

async function allFinal(limitMs: number): Promise<void> {
  await expect.poll(openEvents, { timeout: limitMs, interval: 100 }).toBe(0)
}

test('payments go on while the chain is down, and their entries follow when it is back, whatever it lost', {
  timeout: 120_000,
}, async () => {
  await pay()
  await allFinal(20_000)
  const { port } = anvil
  await anvil.kill()
  for (let payment = 0; payment < 20; payment += 1) await pay()
  await sleep(2_000)
  expect(await openEvents()).toBe(40)

  // It comes back as an empty chain: no contract, no entries, no money.
  anvil = await startAnvil([], port)
  const chain = await connectChain(anvil.url)
  await fund(anvil.url, createLedgerSigner(writerKey, chain.chainId).address)
  await allFinal(40_000)
  await checkStreams(chain)
  chain.close()
})
