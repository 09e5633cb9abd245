import { afterAll, beforeAll, expect, test } from 'vitest'
import { computeCommitments } from '#app/ledger/compute-commitments.server.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import {
  createCustomer,
  createSupplier,
  invoiceRow,
  issueInvoice,
  issueInvoices,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'
import { type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'
import { asOwner } from '#test/support/owner.ts'
import { eventually } from '#test/support/sandbox.ts'

/** More than one page of events that can never be committed. */
const ERASED = 510

let anvil: Anvil
let ledger: LedgerUnderTest
let customer: string

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  customer = await createCustomer()
  ledger = await ledgerUnderTest(anvil.url, newWriterKey(), { size: 200, longestWaitMs: 0 })
})

afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

const entries = (subjectId: string) => db.ledgerEvent.count({ where: { subjectId, entry: { isNot: null } } })

test('Events whose salt was erased too early hold up nothing else, and are told once', async () => {
  const floor = createNumberFloor()
  const rows = Array.from({ length: ERASED }, () => invoiceRow(customer, 100n))
  await issueInvoices(rows)
  const ids = rows.map(({ id }) => id)
  await asOwner(
    `DELETE FROM ledger_salt WHERE owner_id IN (SELECT id FROM ledger_event WHERE subject_id = ANY($1::uuid[]))`,
    [ids],
  )
  const [first = ''] = ids
  const { paymentId } = await openPayment(customer, [{ invoiceId: first, amountMinor: 100n }])
  await settlePayment(paymentId, 100n)
  const healthy = await issueInvoice(customer, 100n)

  for (let round = 0; round < 4; round += 1) await ledger.round()
  expect(await entries(healthy)).toBe(1)
  expect(await entries(first)).toBe(0)
  expect(await db.commitment.count({ where: { event: { subjectId: first } } })).toBe(0)
  const cases = () => db.exceptionCase.findMany({ where: { kind: 'ledger.salt-erased' } })
  const told = await cases()
  expect(told).toHaveLength(ERASED)

  const { _max } = await db.ledgerEvent.aggregate({ _max: { number: true } })
  // The floor waits for transactions of the whole cluster, other tests' too.
  await eventually(async () => {
    await computeCommitments(floor)
    return floor.value === _max.number || null
  })
  expect(await cases()).toEqual(told)
})

test('What came before the erased event on its subject is committed all the same', async () => {
  const invoice = await issueInvoice(customer, 100n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 100n }])
  await settlePayment(paymentId, 100n)
  await asOwner(
    'DELETE FROM ledger_salt WHERE owner_id IN (SELECT id FROM ledger_event WHERE subject_id = $1 AND sequence = 2)',
    [invoice],
  )
  for (let round = 0; round < 3; round += 1) await ledger.round()
  expect(await entries(invoice)).toBe(1)
})
