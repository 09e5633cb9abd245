import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChainReader } from '#app/ledger/chain-reader.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { listDeployments, streamOf } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, invoiceRow, issueInvoices } from '#test/support/books.ts'
import { fund, type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'

const LIMIT_MS = 60_000

/**
 * The tests of a chain that loses blocks it had acknowledged: `before + lost` transactions in as many blocks, of which
 * first the last `lost` disappear, then all.
 */
export function lostChainTests(before: number, lost: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'quittance lost chain '))
  const state = join(folder, 'state.json')
  const copy = join(folder, 'copy.json')
  let anvil: Anvil
  let ledger: LedgerUnderTest
  let customer: string

  beforeAll(async () => {
    anvil = await startAnvil(['--state', state])
    await createSupplier()
    customer = await createCustomer()
    ledger = await ledgerUnderTest(anvil.url, newWriterKey(), { size: 1, longestWaitMs: 0 })
  }, 60_000)

  afterAll(async () => {
    ledger.close()
    await anvil.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const issue = (count: number) =>
    issueInvoices(Array.from({ length: count }, () => invoiceRow(customer, 100n)))

  async function hashes(): Promise<string[]> {
    return (await db.chainTransaction.findMany({ orderBy: { nonce: 'asc' } })).map(
      (transaction) => transaction.hash,
    )
  }

  async function missingReceipts(): Promise<string[]> {
    const missing = []
    for (const hash of await hashes()) if ((await ledger.chain.findReceipt(hash)) === null) missing.push(hash)
    return missing
  }

  /** Every event once, in the order of the books, in a contract whose own head says the same. */
  async function expectWhole(): Promise<void> {
    expect(await missingReceipts()).toEqual([])
    await checkStreams(ledger.chain)
    const [deployment] = await listDeployments()
    if (deployment === undefined) throw new Error('there is no deployment')
    const snapshot = await createChainReader([anvil.url]).readStream(streamOf(deployment))
    expect(snapshot.entries).toHaveLength(before + lost)
  }

  test(`the last ${lost} of ${before + lost} blocks are lost with the process: the same transactions end up in the chain again`, {
    timeout: 240_000,
  }, async () => {
    await issue(before)
    await ledger.settle(LIMIT_MS)
    const { port } = anvil
    await anvil.stop()
    copyFileSync(state, copy)
    anvil = await startAnvil(['--state', state], port)
    await issue(lost)
    await ledger.settle(LIMIT_MS)
    const sent = await hashes()
    expect(sent).toHaveLength(before + lost + 1)

    await anvil.kill()
    copyFileSync(copy, state)
    anvil = await startAnvil(['--state', state], port)
    expect(await missingReceipts()).toHaveLength(lost)
    await ledger.round()
    await ledger.settle(LIMIT_MS)
    expect(await hashes()).toEqual(sent)
    await expectWhole()
  })

  test('the whole chain is lost: contract and all entries come back under the same address and hashes', {
    timeout: 120_000,
  }, async () => {
    const sent = await hashes()
    const { port } = anvil
    await anvil.kill()
    rmSync(state)
    anvil = await startAnvil(['--state', state], port)
    await fund(anvil.url, ledger.signer.address)
    expect(await missingReceipts()).toEqual(sent)
    await ledger.round()
    await ledger.settle(LIMIT_MS)
    expect(await hashes()).toEqual(sent)
    await expectWhole()
  })
}
