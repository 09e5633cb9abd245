import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { computeCommitments } from '#app/ledger/compute-commitments.server.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, invoiceRow, issueInvoice, NOW } from '#test/support/books.ts'
import { testDatabase } from '#test/support/database.ts'
import {
  type LedgerUnderTest,
  ledgerUnderTest,
  newWriterKey,
  openEvents,
} from '#test/support/ledger-chain.ts'

let anvil: Anvil
let ledger: LedgerUnderTest

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  ledger = await ledgerUnderTest(anvil.url, newWriterKey(), { size: 200, longestWaitMs: 0 })
}, 180_000)

afterAll(async () => {
  ledger.close()
  await anvil.stop()
}, 180_000)

test('events of a transaction that stays open for long are sent once it commits, however many came after them', async () => {
  const customer = await createCustomer()
  const own = createNumberFloor()
  const long = new pg.Client(testDatabase.url)
  await long.connect()
  await long.query('BEGIN')
  const rows = [invoiceRow(customer, 100n), invoiceRow(customer, 200n)]
  await long.query('SELECT issue_invoices($1::jsonb, $2)', [JSON.stringify(rows), NOW])
  await issueInvoice(customer, 300n)
  await ledger.settle()
  for (let look = 0; look < 4; look += 1) {
    await computeCommitments(own)
    await ledger.round()
  }
  expect(own.value).toBe(0n)

  await long.query('COMMIT')
  await long.end()
  await ledger.settle()
  expect(await openEvents()).toBe(0)
  const { _max } = await db.ledgerEvent.aggregate({ _max: { number: true } })
  // Transactions of other databases of the server hold the floor back as well; they end.
  const floor = async (): Promise<bigint> => {
    await computeCommitments(own)
    return own.value
  }
  await expect.poll(floor, { timeout: 120_000 }).toBe(_max.number)
}, 180_000)
