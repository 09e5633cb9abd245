import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { createChainReader } from '#app/ledger/chain-reader.ts'
import { findWrongCommitments } from '#app/ledger/check-commitments.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { parseDisclosure } from '#app/ledger/disclosure.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { listDeployments, streamOf } from '#app/ledger/stream-of-books.server.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
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

let anvil: Anvil
let ledger: LedgerUnderTest
const writerKey = newWriterKey()

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  ledger = await ledgerUnderTest(anvil.url, writerKey)
})

afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

/** Checks a payment's disclosure as a stranger would: the file and the trusted ledger, nothing else. */
async function check(paymentId: string) {
  const file = await receiptDisclosure(asId<'pay'>(paymentId))
  const parsed = parseDisclosure(file ?? new Uint8Array())
  if (!parsed.ok) throw new Error(parsed.refusal.sentence)
  const streams = (await listDeployments()).map(streamOf)
  return verifyDisclosure(parsed.disclosure, { streams, reader: createChainReader([anvil.url]) })
}

test('a payment of two invoices verifies from its disclosure once the chain has it, and not before', async () => {
  const customer = await createCustomer()
  const [first, second] = [await issueInvoice(customer, 124_050n), await issueInvoice(customer, 9_900n)]
  const { paymentId } = await openPayment(customer, [
    { invoiceId: first, amountMinor: 124_050n },
    { invoiceId: second, amountMinor: 5_000n },
  ])
  await settlePayment(paymentId, 129_050n)

  expect((await check(paymentId)).outcome).toBe('unanchored')
  await ledger.settle()
  const result = await check(paymentId)
  expect(result.outcome, JSON.stringify(result, null, 1)).toBe('verified')
  expect(
    result.subjects.flatMap((subject) => subject.entries.map((entry) => entry.event.openAfter)).toSorted(),
  ).toEqual(['0', '4900'])
})

test('a reversal shows as a later entry in an old receipt, and as such in a new one', async () => {
  const customer = await createCustomer()
  const invoice = await issueInvoice(customer, 10_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 10_000n }])
  await settlePayment(paymentId, 10_000n)
  const oldFile = await receiptDisclosure(asId<'pay'>(paymentId))
  const reversal = {
    id: crypto.randomUUID(),
    paymentId,
    amountMinor: '10000',
    kind: 'refund',
    providerId: 're_1',
    reason: null,
    effectiveOn: '2026-03-02',
  }
  await db.$queryRaw`SELECT reverse_payment(${JSON.stringify(reversal)}::jsonb, ${new Date('2026-03-02T12:00:00Z')})`
  await ledger.settle()

  const parsed = parseDisclosure(oldFile ?? new Uint8Array())
  if (!parsed.ok) throw new Error(parsed.refusal.sentence)
  const streams = (await listDeployments()).map(streamOf)
  const old = await verifyDisclosure(parsed.disclosure, { streams, reader: createChainReader([anvil.url]) })
  expect(old.outcome).toBe('verified')
  expect(old.subjects[0]?.unopened.filter((entry) => entry.isLater)).toHaveLength(1)

  const fresh = await check(paymentId)
  expect(fresh.outcome).toBe('verified')
  expect(fresh.subjects[0]?.entries.map((entry) => entry.reversedBy)).toEqual([3, null])
})

test('450 events go in batches of at most 200, each exactly once and in order', async () => {
  const customer = await createCustomer()
  await issueInvoices(Array.from({ length: 450 }, () => invoiceRow(customer, 100n)))
  await ledger.settle()
  const batches = await db.ledgerEntry.groupBy({ by: ['chainTransactionId'], _count: true })
  expect(Math.max(...batches.map((batch) => batch._count))).toBe(200)
  const [deployment] = await listDeployments()
  if (deployment === undefined) throw new Error('there is no deployment')
  const snapshot = await createChainReader([anvil.url]).readStream(streamOf(deployment))
  expect(snapshot.entries).toHaveLength(await db.ledgerEvent.count())
  await checkStreams(ledger.chain)
})

test('two workers at once send every event exactly once', async () => {
  const customer = await createCustomer()
  const other = await ledgerUnderTest(anvil.url, writerKey)
  await issueInvoices(Array.from({ length: 300 }, () => invoiceRow(customer, 100n)))
  await Promise.all([ledger.settle(), other.settle()])
  other.close()
  const [deployment] = await listDeployments()
  if (deployment === undefined) throw new Error('there is no deployment')
  const snapshot = await createChainReader([anvil.url]).readStream(streamOf(deployment))
  expect(new Set(snapshot.entries.map((entry) => entry.commitment)).size).toBe(await db.ledgerEvent.count())
  expect(snapshot.entries).toHaveLength(await db.ledgerEvent.count())
})

test('stored commitments are those of their events', async () => {
  for await (const breach of findWrongCommitments()) throw new Error(JSON.stringify(breach))
  expect(await db.commitment.count()).toBe(await db.ledgerEvent.count())
})

test('a new writer key gets a stream of its own that continues the old one', async () => {
  const before = await db.ledgerEvent.count()
  const rotated = await ledgerUnderTest(anvil.url, newWriterKey())
  const customer = await createCustomer()
  const invoice = await issueInvoice(customer, 700n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 700n }])
  await settlePayment(paymentId, 700n)
  await rotated.settle()
  await checkStreams(rotated.chain)
  rotated.close()
  expect(await listDeployments()).toHaveLength(2)
  const result = await check(paymentId)
  expect(result.outcome, JSON.stringify(result, null, 1)).toBe('verified')
  expect(result.readAt.map((at) => at.count)).toEqual([before, 3])
})
