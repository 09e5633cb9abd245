import { expect, test } from 'vitest'
import { type FileRecord, groupByInvoice, type Layout, layoutOf } from '#app/imports/layout.ts'
import type { Profile } from '#app/imports/profile.ts'
import { readInvoice } from '#app/imports/read-invoice.ts'
import { quittanceInvoices, receivablesHistory } from '#app/imports/shipped-profiles.ts'

const HISTORY =
  'countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate'.split(
    ',',
  )
const GOOD = {
  countryCode: '391',
  customerID: 'A-1',
  PaperlessDate: '1/1/2011',
  invoiceNumber: '0001',
  InvoiceDate: '1/2/2013',
  DueDate: '2/1/2013',
  InvoiceAmount: '55.94',
  Disputed: 'No',
  SettledDate: '2/5/2013',
  PaperlessBill: 'Paper',
  DaysToSettle: '34',
  DaysLate: '4',
}

function laid(profile: Profile, header: readonly string[]): Layout {
  const answer = layoutOf(profile, { line: 1, cells: header })
  if (!answer.ok) throw new Error(answer.problem.message)
  return answer.layout
}

const history = laid(receivablesHistory, HISTORY)
const recordOf = (cells: Partial<typeof GOOD>): FileRecord => ({
  line: 2,
  cells: Object.values({ ...GOOD, ...cells }),
})

test('A row of a receivables history is an invoice with one line, its settlement and its dispute', () => {
  expect(readInvoice(history, [recordOf({ Disputed: 'Yes' })])).toMatchObject({
    ok: true,
    invoice: {
      customer: { number: 'A-1', country: '391' },
      number: '0001',
      currency: 'USD',
      issuedOn: '2013-01-02',
      dueOn: '2013-02-01',
      settledOn: '2013-02-05',
      isDisputed: true,
      netMinor: '5594',
      taxMinor: '0',
      totalMinor: '5594',
      lines: [{ position: 1, netMinor: '5594' }],
      taxes: [{ taxRateBps: 0, netMinor: '5594', taxMinor: '0' }],
    },
  })
})

test.each([
  [{ customerID: ' ' }, 'customerID', 'VALUE_MISSING'],
  [{ invoiceNumber: '' }, 'invoiceNumber', 'VALUE_MISSING'],
  [{ invoiceNumber: 'x'.repeat(65) }, 'invoiceNumber', 'TEXT_TOO_LONG'],
  [{ customerID: 'A\u0007' }, 'customerID', 'TEXT_NOT_PRINTABLE'],
  [{ InvoiceDate: '31/1/2013' }, 'InvoiceDate', 'DATE_NOT_READABLE'],
  [{ DueDate: '' }, 'DueDate', 'VALUE_MISSING'],
  [{ DueDate: '1/1/2013', DaysLate: '35' }, 'DueDate', 'DUE_BEFORE_ISSUED'],
  [{ SettledDate: '1/1/2013', DaysToSettle: '-1', DaysLate: '0' }, 'SettledDate', 'SETTLED_BEFORE_ISSUED'],
  [{ InvoiceAmount: '' }, 'InvoiceAmount', 'VALUE_MISSING'],
  [{ InvoiceAmount: 'twelve' }, 'InvoiceAmount', 'AMOUNT_NOT_READABLE'],
  [{ InvoiceAmount: '1.005' }, 'InvoiceAmount', 'TOO_MANY_DECIMALS'],
  [{ InvoiceAmount: '0' }, 'InvoiceAmount', 'AMOUNT_NOT_POSITIVE'],
  [{ InvoiceAmount: '-5' }, 'InvoiceAmount', 'AMOUNT_NOT_POSITIVE'],
  [{ Disputed: 'perhaps' }, 'Disputed', 'YES_NO_NOT_READABLE'],
  [{ Disputed: 'Yes', SettledDate: '' }, 'Disputed', 'DISPUTE_STILL_OPEN'],
  [{ DaysToSettle: '33' }, 'DaysToSettle', 'DAYS_DISAGREE'],
  [{ DaysLate: '' }, 'DaysLate', 'DAYS_DISAGREE'],
])('A row with %j is refused at %s with %s', (cells, column, code) => {
  const read = readInvoice(history, [recordOf(cells)])
  expect(read).toMatchObject({ ok: false, errors: [{ line: 2, column, code }] })
})

test('Every wrong cell of a row has an error of its own', () => {
  const read = readInvoice(history, [recordOf({ InvoiceDate: 'x', InvoiceAmount: 'y', Disputed: 'z' })])
  expect(read.ok ? [] : read.errors.map(({ column }) => column).sort()).toEqual([
    'Disputed',
    'InvoiceAmount',
    'InvoiceDate',
  ])
})

test('A row without settlement is an open invoice, and its checks are not asked', () => {
  const read = readInvoice(history, [recordOf({ SettledDate: '', DaysToSettle: '', DaysLate: '' })])
  expect(read).toMatchObject({ ok: true, invoice: { settledOn: undefined, isDisputed: false } })
})

test('A header without a needed column, or with one twice, is refused and names it', () => {
  const without = HISTORY.filter((name) => name !== 'DueDate')
  expect(layoutOf(receivablesHistory, { line: 1, cells: without })).toMatchObject({
    ok: false,
    problem: { code: 'COLUMN_MISSING', message: expect.stringContaining('"DueDate"') },
  })
  expect(layoutOf(receivablesHistory, { line: 1, cells: [...HISTORY, 'DueDate'] })).toMatchObject({
    ok: false,
    problem: { code: 'COLUMN_TWICE' },
  })
})

const LINES =
  'customer_number,invoice_number,issued_on,due_on,currency,line_description,quantity,unit_price,line_net,tax_rate'.split(
    ',',
  )
const lines = laid(quittanceInvoices, LINES)
const lineRecord = (line: number, text: string): FileRecord => ({ line, cells: text.split(',') })

test('Rows of one invoice stand together; the same number further down is another group', async () => {
  async function* records(): AsyncGenerator<FileRecord> {
    for (const [index, number] of ['I-1', 'I-1', 'I-2', 'I-1', '', ''].entries())
      yield lineRecord(index + 2, `A,${number},2026-01-01,2026-01-31,USD,Box,1,1,1,0`)
  }
  const groups: number[][] = []
  for await (const group of groupByInvoice(lines, records())) groups.push(group.map(({ line }) => line))
  expect(groups).toEqual([[2, 3], [4], [5], [6], [7]])
})

test('Rows of one invoice must agree on what belongs to the invoice; empty repeats are fine', () => {
  const first = lineRecord(2, 'A,I-1,2026-01-01,2026-01-31,USD,Box,1,10.00,10.00,8.25')
  expect(readInvoice(lines, [first, lineRecord(3, ',I-1,,,,Tape,2,5,10,8.25')])).toMatchObject({
    ok: true,
    invoice: { records: 2, netMinor: '2000', taxMinor: '165', totalMinor: '2165' },
  })
  expect(readInvoice(lines, [first, lineRecord(3, 'A,I-1,2026-01-02,,,Tape,2,5,10,8.25')])).toMatchObject({
    errors: [{ line: 3, column: 'issued_on', code: 'HEADER_DIFFERS' }],
  })
})

test('A line whose net is not quantity times price is refused on its own line', () => {
  const wrong = lineRecord(9, 'A,I-1,2026-01-01,2026-01-31,USD,Box,3,10.00,29.00,0')
  expect(readInvoice(lines, [wrong])).toMatchObject({
    errors: [{ line: 9, column: 'line_net', code: 'LINE_AMOUNT_DISAGREES' }],
  })
})

test('An unknown currency and a row of the wrong width are refused', () => {
  expect(readInvoice(lines, [lineRecord(2, 'A,I-1,2026-01-01,2026-01-31,XQZ,Box,1,1,1,0')])).toMatchObject({
    errors: [{ column: 'currency', code: 'CURRENCY_UNKNOWN' }],
  })
  expect(readInvoice(lines, [lineRecord(2, 'A,I-1,2026-01-01')])).toMatchObject({
    errors: [{ line: 2, column: '', code: 'COLUMN_COUNT' }],
  })
})
