import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { computeCommitments } from '#app/ledger/compute-commitments.server.ts'
import type { Deployed } from '#app/ledger/continue-stream.server.ts'
import { deployLedger } from '#app/ledger/deploy-ledger.server.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'
import { queueBatches } from '#app/ledger/send-batches.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'

const RULES = { size: 200, longestWaitMs: 0 }
let anvil: Anvil
let ledger: LedgerUnderTest

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  ledger = await ledgerUnderTest(anvil.url, newWriterKey(), RULES)
})

afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

/** A new writer asks for a contract of its own. */
const redeploy = (key = newWriterKey()): Promise<Deployed> =>
  deployLedger(ledger.chain, createLedgerSigner(key, ledger.chain.chainId))

/** Signs and stores a batch that nobody sends. */
async function queueOne(): Promise<void> {
  await issueInvoice(await createCustomer(), 100n)
  while ((await computeCommitments(createNumberFloor())) > 0);
  expect(await queueBatches(ledger.signer, ledger.chain, createNumberFloor(), RULES)).toBe(1)
}

test('A new contract is refused until the chain holds all of the old stream', async () => {
  await ledger.settle()
  await queueOne()
  expect(await redeploy()).toMatchObject({ ok: false, refusal: { code: 'OLD_STREAM_WAITS' } })
  expect(await db.chainDeployment.count()).toBe(1)

  // The books take it for recorded, and the chain has never seen it.
  const waiting = { state: { in: ['queued' as const, 'sent' as const] } }
  const [status] = await db.chainTransactionStatus.findMany({ where: waiting })
  if (status === undefined) throw new Error('nothing waits')
  const { chainTransactionId } = status
  await db.chainTransactionStatus.update({ where: { chainTransactionId }, data: { state: 'recorded' } })
  expect(await redeploy()).toMatchObject({ ok: false, refusal: { code: 'OLD_STREAM_DIFFERS' } })

  await db.chainTransactionStatus.update({ where: { chainTransactionId }, data: { state: 'queued' } })
  await ledger.settle()
  const key = newWriterKey()
  expect(await redeploy(key)).toMatchObject({ ok: true, isNew: true })
  const next = await ledgerUnderTest(anvil.url, key, RULES)
  await issueInvoice(await createCustomer(), 100n)
  await next.settle()
  await checkStreams(next.chain)
  next.close()
})
