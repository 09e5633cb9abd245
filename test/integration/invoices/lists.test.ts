import { parse } from 'csv-parse/sync'
import { beforeAll, expect, test } from 'vitest'
import { getInvoice } from '#app/invoices/get-invoice.server.ts'
import { invoicesCsv } from '#app/invoices/invoice-csv.server.ts'
import {
  EVERY_INVOICE,
  INVOICE_SORTS,
  type InvoiceFilter,
  type InvoiceSort,
} from '#app/invoices/invoice-filter.ts'
import { listInvoices, selectAllOpen } from '#app/invoices/invoice-queries.server.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'
import {
  applyCredit,
  createCustomer,
  createSupplier,
  invoiceRow,
  issueCredit,
  issueInvoices,
  openPayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

const reading = { today: parseBusinessDate('2026-03-01'), locale: 'en-US', timeZone: 'America/New_York' }
const COUNT = 130
let customerId = ''
let strangerId = ''
let strangersInvoiceId = ''

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer()
  strangerId = await createCustomer({ number: 'STRANGER' })
  const rows = Array.from({ length: COUNT }, (_, index) => {
    // Many rows share a date and an amount, so that the order needs its tie-breaker.
    const issuedOn = addDays(parseBusinessDate('2026-01-01'), index % 9)
    return invoiceRow(customerId, BigInt(1000 + (index % 5) * 100), {
      number: `INV-${String(index).padStart(3, '0')}`,
      issuedOn,
      dueOn: addDays(issuedOn, 40 + (index % 40)),
      currency: index % 10 === 9 ? 'JPY' : 'USD',
      poNumber: index % 4 === 0 ? `PO_${index}%` : '=HYPERLINK("x")',
    })
  })
  const foreign = invoiceRow(strangerId, 777n, { number: 'INV-STRANGE' })
  strangersInvoiceId = foreign.id
  await issueInvoices([...rows, foreign])
  const [settled, reserved, partly] = rows
  const { paymentId } = await openPayment(customerId, [{ invoiceId: settled?.id ?? '', amountMinor: 1000n }])
  await settlePayment(paymentId, 1000n)
  await openPayment(customerId, [{ invoiceId: reserved?.id ?? '', amountMinor: 600n }])
  await applyCredit(await issueCredit(customerId, 500n), partly?.id ?? '', 300n)
})

const list = (
  filter: Partial<InvoiceFilter>,
  paging: { sort?: InvoiceSort; after?: string | null; before?: string | null; size?: number } = {},
) =>
  listInvoices(
    { customerId },
    { ...EVERY_INVOICE, ...filter },
    { sort: 'due-asc', after: null, before: null, size: 200, ...paging },
    reading,
  )

test.each(INVOICE_SORTS)(
  'pages of %s, forth and back, are the whole list: no row twice, none missing',
  async (sort) => {
    const whole = (await list({}, { sort })).rows.map((row) => row.id)
    expect(new Set(whole).size).toBe(COUNT)
    const forth: string[][] = []
    let page = await list({}, { sort, size: 25 })
    expect(page.before).toBeNull()
    for (;;) {
      forth.push(page.rows.map((row) => row.id))
      if (page.after === null) break
      page = await list({}, { sort, size: 25, after: page.after })
    }
    expect(forth.flat()).toEqual(whole)
    const back: string[][] = [forth.at(-1) ?? []]
    while (page.before !== null) {
      page = await list({}, { sort, size: 25, before: page.before })
      back.unshift(page.rows.map((row) => row.id))
    }
    expect(back.flat()).toEqual(whole)
  },
)

test('each order sorts by what it says', async () => {
  const values: Record<string, (row: InvoiceRow) => string | bigint> = {
    issued: (row) => row.issuedOn.date,
    due: (row) => row.dueOn.date,
    number: (row) => row.number,
    open: (row) => BigInt(row.open.minor),
    total: (row) => BigInt(row.total.minor),
  }
  for (const sort of INVOICE_SORTS) {
    const [column = '', direction] = sort.split('-')
    const found = (await list({}, { sort })).rows.map((row) => values[column]?.(row) ?? '')
    const sorted = [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(found).toEqual(direction === 'asc' ? sorted : sorted.reverse())
  }
})

const minor = (amount: { minor: string }): bigint => BigInt(amount.minor)

const FILTERS: [string, Partial<InvoiceFilter>, (row: InvoiceRow) => boolean][] = [
  ['open', { status: 'open' }, (row) => minor(row.open) > 0n],
  ['not due', { status: 'not-due' }, (row) => minor(row.open) > 0n && row.dueOn.date >= reading.today],
  ['past due', { status: 'past-due' }, (row) => minor(row.open) > 0n && row.dueOn.date < reading.today],
  ['on its way', { status: 'on-its-way' }, (row) => minor(row.onItsWay) > 0n],
  ['settled', { status: 'settled' }, (row) => minor(row.open) === 0n],
  ['a currency', { currency: parseCurrency('JPY') }, (row) => row.currency === 'JPY'],
  [
    'an amount range',
    { minMinor: 1100n, maxMinor: 1200n },
    (row) => minor(row.total) >= 1100n && minor(row.total) <= 1200n,
  ],
  [
    'a due range',
    { dueFrom: parseBusinessDate('2026-02-20'), dueTo: parseBusinessDate('2026-03-05') },
    (row) => row.dueOn.date >= '2026-02-20' && row.dueOn.date <= '2026-03-05',
  ],
  ['a PO number', { poNumber: 'po_1' }, (row) => row.poNumber?.startsWith('PO_1') === true],
  ['signs that are no wildcards', { poNumber: '%' }, (row) => row.poNumber?.includes('%') === true],
  ['a number', { text: 'inv-01' }, (row) => row.number.startsWith('INV-01')],
  ['a text of a line', { text: 'oak' }, () => true],
  ['an underscore', { text: '_' }, (row) => row.poNumber?.includes('_') === true],
]

test.each(FILTERS)(
  'the filter by %s keeps what it says, with sums and file of the same rows',
  async (_, filter, keeps) => {
    const everything = (await list({})).rows
    const page = await list(filter)
    expect(page.rows.map((row) => row.id)).toEqual(everything.filter(keeps).map((row) => row.id))
    expect(page.rows.length).toBeGreaterThan(0)
    expect(page.count).toBe(page.rows.length)
    for (const sums of page.sums) {
      const rows = page.rows.filter((row) => row.currency === sums.currency)
      const columns = ['total', 'open', 'payable', 'onItsWay', 'disputed'] as const
      for (const column of columns)
        expect(minor(sums[column])).toBe(rows.reduce((sum, row) => sum + minor(row[column]), 0n))
      expect(sums.count).toBe(rows.length)
    }
    const records = parse(await csv({ ...EVERY_INVOICE, ...filter }), { columns: true }) as Record<
      string,
      string
    >[]
    expect(records.map((record) => record.Invoice)).toEqual(page.rows.map((row) => row.number))
  },
)

async function csv(filter: InvoiceFilter): Promise<string> {
  let text = ''
  for await (const part of invoicesCsv({ customerId }, filter, 'due-asc', reading)) text += part
  return text
}

test('the file is the same each time, exact, and runs no formula', async () => {
  const text = await csv(EVERY_INVOICE)
  expect(await csv(EVERY_INVOICE)).toBe(text)
  const records = parse(text, { columns: true }) as Record<string, string>[]
  const byNumber = (number: string) => records.find((record) => record.Invoice === number)
  expect(byNumber('INV-000')).toMatchObject({
    State: 'settled',
    Total: '10.00',
    Open: '0.00',
    'Settled on': '2026-03-01',
  })
  expect(byNumber('INV-001')).toMatchObject({
    'PO number': `'=HYPERLINK("x")`,
    'Issued on': '2026-01-02',
    'Being paid': '6.00',
    Payable: '5.00',
  })
  expect(byNumber('INV-009')).toMatchObject({ Currency: 'JPY', Total: '1400' })
})

test('selecting all takes everything payable and nothing that is spoken for', async () => {
  const chosen = await selectAllOpen(customerId, { ...EVERY_INVOICE, status: 'open' }, reading)
  const payable = (await list({})).rows.filter((row) => minor(row.payable) > 0n)
  expect(chosen.map((each) => `inv_${each.id.replaceAll('-', '')}`).sort()).toEqual(
    payable.map((row) => row.id).sort(),
  )
  expect(chosen.reduce((sum, each) => sum + each.payableMinor, 0n)).toBe(
    payable.reduce((sum, row) => sum + minor(row.payable), 0n),
  )
})

test('another customer’s invoice is not there: not in lists, not in files, not by its id', async () => {
  expect((await list({ text: 'STRANGE' })).rows).toEqual([])
  expect(await csv(EVERY_INVOICE)).not.toContain('STRANGE')
  expect(await getInvoice({ customerId }, strangersInvoiceId, reading)).toBeNull()
  expect((await getInvoice({ customerId: strangerId }, strangersInvoiceId, reading))?.invoice.number).toBe(
    'INV-STRANGE',
  )
  const all = await listInvoices(
    { all: true },
    { ...EVERY_INVOICE, text: 'STRANGE' },
    { sort: 'due-asc', after: null, before: null, size: 25 },
    reading,
  )
  expect(all.rows.map((row) => row.customer.number)).toEqual(['STRANGER'])
})

test('an invoice tells its whole story: document, money in every state, entries on the ledger', async () => {
  const owner = await createCustomer()
  const row = invoiceRow(owner, 10_000n, { number: 'STORY' })
  await issueInvoices([row])
  await applyCredit(await issueCredit(owner, 1_000n), row.id, 1_000n)
  const first = await openPayment(owner, [{ invoiceId: row.id, amountMinor: 4_000n }])
  await settlePayment(first.paymentId, 4_000n)
  await reversePayment(first.paymentId, 1_500n)
  const second = await openPayment(owner, [{ invoiceId: row.id, amountMinor: 2_000n }])
  const detail = await getInvoice({ customerId: owner }, row.id, reading)
  expect(detail?.invoice).toMatchObject({
    total: { text: '100.00', spoken: '$100.00' },
    open: { minor: '6500' },
    payable: { minor: '4500' },
    onItsWay: { minor: '2000' },
    state: 'on-its-way',
  })
  expect(detail?.settled.minor).toBe('3500')
  expect(detail?.current.lines).toMatchObject([
    {
      description: 'Oak boards',
      quantity: '1',
      unitPrice: '100.00',
      net: { text: '100.00' },
      taxRate: '0\u00a0%',
    },
  ])
  expect(detail?.allocations.map((each) => [each.source.kind, each.amount.minor, each.isReversal])).toEqual([
    ['credit-memo', '1000', false],
    ['payment', '4000', false],
    ['payment', '-1500', true],
  ])
  const held = await db.payment.findUniqueOrThrow({ where: { id: second.paymentId } })
  expect(detail?.holds).toMatchObject([
    { kind: 'reserved', amount: { minor: '2000' }, payment: { number: held.number }, expectedOn: null },
  ])
  const paid = await db.payment.findUniqueOrThrow({ where: { id: first.paymentId } })
  expect(
    detail?.events.map((event) => [event.sequence, event.what, event.openAfter?.minor, event.chain]),
  ).toEqual([
    [1, 'Invoice issued', '10000', 'queued'],
    [2, expect.stringMatching(/^Credit .+ applied$/), '9000', 'queued'],
    [3, `Payment ${paid.number} applied`, '5000', 'queued'],
    [4, `Payment ${paid.number} taken back`, '6500', 'queued'],
  ])
})
