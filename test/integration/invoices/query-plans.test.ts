import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { accountFigures } from '#app/invoices/account-figures.server.ts'
import { getInvoice } from '#app/invoices/get-invoice.server.ts'
import { EVERY_INVOICE } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { lastChangeAt } from '#app/statements/known-at.server.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { createCustomer, createSupplier, invoiceRow, issueInvoices, NOW } from '#test/support/books.ts'
import { testDatabase } from '#test/support/database.ts'
import { explaining } from '#test/support/explain.ts'

/** 20,000 invoices of 200 customers, most of them settled: enough that reading a whole table is never the cheaper way. */
const CUSTOMERS = 200
const INVOICES_EACH = 100
const FIRST = parseBusinessDate('2024-01-01')
const locale = 'en-US'
const reading = { today: parseBusinessDate('2026-03-01'), locale, timeZone: 'UTC' }
const BIG = [
  'invoice',
  'invoice_version',
  'invoice_line',
  'posting',
  'journal',
  'ledger_event',
  'allocation',
  'payment',
]
let customerId = ''
let invoiceId = ''

beforeAll(async () => {
  await createSupplier()
  for (let part = 0; part < CUSTOMERS / 20; part += 1) await fillPart()
  const owner = new pg.Client(testDatabase.ownerUrl)
  await owner.connect()
  await owner.query('ANALYZE')
  await owner.end()
}, 180_000)

async function fillPart(): Promise<void> {
  const rows = []
  for (let count = 0; count < 20; count += 1) {
    customerId = await createCustomer()
    for (let index = 0; index < INVOICES_EACH; index += 1) {
      const issuedOn = addDays(FIRST, index * 7)
      rows.push(invoiceRow(customerId, BigInt(1000 + index), { issuedOn, dueOn: addDays(issuedOn, 30) }))
    }
  }
  invoiceId = rows.at(-1)?.id ?? ''
  await issueInvoices(rows)
  const payments = rows
    .filter((_, index) => index % 10 !== 0)
    .map((row) => ({
      id: newId(),
      customerId: row.customerId,
      currency: 'USD',
      amountMinor: row.totalMinor,
      method: 'imported',
      settledOn: addDays(parseBusinessDate(row.dueOn), 3),
      items: [{ invoiceId: row.id, amountMinor: row.totalMinor }],
    }))
  await db.$queryRaw`SELECT record_settled_payments(${JSON.stringify(payments)}::jsonb, ${NOW})`
}

const bigScans = (scanned: readonly string[]): string[] => scanned.filter((table) => BIG.includes(table))

test('there is enough to read that a plan means something', async () => {
  expect(await db.invoice.count()).toBe(CUSTOMERS * INVOICES_EACH)
  expect(await db.posting.count()).toBeGreaterThan(70_000)
})

test.each(['due-asc', 'issued-desc', 'open-desc', 'number-asc'] as const)(
  'a page of the list by %s reads no big table from end to end, in two queries',
  async (sort) => {
    const { client, queries, scanned } = explaining()
    const paging = { sort, after: null, before: null, size: 50 }
    const filter = { ...EVERY_INVOICE, status: 'open' } as const
    const first = await listInvoices({ customerId }, { ...filter, status: 'all' }, paging, reading, client)
    await listInvoices(
      { customerId },
      { ...filter, status: 'all' },
      { ...paging, after: first.after },
      reading,
      client,
    )
    await listInvoices({ customerId }, { ...filter, text: 'oak' }, paging, reading, client)
    expect(first.rows).toHaveLength(50)
    expect(queries()).toBe(6)
    expect(bigScans(scanned())).toEqual([])
  },
)

test('the account home reads no big table from end to end, in one query', async () => {
  const { client, queries, scanned } = explaining()
  expect((await accountFigures(customerId, reading, client))[0]?.open.count).toBe(INVOICES_EACH / 10)
  expect(queries()).toBe(1)
  expect(bigScans(scanned())).toEqual([])
})

test('an invoice reads no big table from end to end, in four queries', async () => {
  const { client, queries, scanned } = explaining()
  expect((await getInvoice({ customerId }, invoiceId, reading, client))?.events.length).toBe(2)
  expect(queries()).toBe(4)
  expect(bigScans(scanned())).toEqual([])
})

test('statements read no big table from end to end: one query for activity, two for open items', async () => {
  const { client, queries, scanned } = explaining()
  const knownAt = await lastChangeAt(customerId, client)
  expect(knownAt).toEqual(NOW)
  const [activity] = await activityStatements(
    { customerId, from: addDays(FIRST, 300), to: addDays(FIRST, 390), knownAt, locale },
    client,
  )
  expect(activity?.rows.length).toBeGreaterThan(20)
  const [open] = await openItemStatements(customerId, { asOf: addDays(FIRST, 400), knownAt, locale }, client)
  expect(open?.items.length).toBeGreaterThan(5)
  expect(queries()).toBe(4)
  expect(bigScans(scanned())).toEqual([])
})
