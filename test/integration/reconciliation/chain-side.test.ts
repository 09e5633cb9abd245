import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'
import { asSuperuser, openDifferences, reconcileLater } from '#test/support/reconcile-world.ts'

let anvil: Anvil
let ledger: LedgerUnderTest
beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  await issueInvoice(await createCustomer(), 1_000n)
  ledger = await ledgerUnderTest(anvil.url, newWriterKey(), { size: 200, longestWaitMs: 0 })
  await ledger.settle()
})
afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

const compare = () => reconcileLater(null, { rpcUrl: anvil.url, hours: 0 })

test('a chain that holds what the books queued is no difference', async () => {
  expect(await compare()).toEqual([])
})

test('an entry on chain that the books do not have is found, and gone once they have it again', async () => {
  await asSuperuser('CREATE TABLE kept AS SELECT * FROM ledger_entry')
  await asSuperuser('DELETE FROM ledger_entry')
  // Only what was recorded long ago is late; this one would be young.
  await asSuperuser(`UPDATE ledger_event SET recorded_at = now()`)
  expect(await compare()).toEqual([
    { kind: 'chain-differs', subject: expect.stringMatching(/^chain:stream of 0x/) },
  ])
  await asSuperuser('INSERT INTO ledger_entry SELECT * FROM kept')
  expect(await compare()).toEqual([])
})

test('an event that is not on chain a day after it was recorded is late', async () => {
  await issueInvoice(await createCustomer(), 2_000n)
  expect(await compare()).toEqual([{ kind: 'chain-differs', subject: 'chain:late' }])
  await ledger.settle()
  expect(await compare()).toEqual([])
})

test('a chain that does not answer is no difference: the run fails, and says so', async () => {
  const rpcUrl = 'http://127.0.0.1:1'
  await expect(reconcile({ books: null, rpcUrl })).rejects.toThrow(/stream of 0x/)
  expect(await openDifferences()).toEqual([])
})
