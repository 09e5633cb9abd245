import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from '#app/invoices/invoice-cursor.ts'
import { EVERY_INVOICE, INVOICE_SORTS, parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'

const parse = (address: string) => parseInvoiceFilter(new URLSearchParams(address))
const ID = '0193a000-0000-7000-8000-000000000001'

test('an address without filters shows everything, newest first', () => {
  expect(parse('')).toEqual({
    filter: EVERY_INVOICE,
    paging: { sort: 'issued-desc', after: null, before: null, size: 50 },
    problems: [],
  })
})

test('every field of the address is read', () => {
  const address =
    'status=past-due&due-from=2026-01-01&due-to=2026-02-01&min=10.50&max=1,000&po=PO-7&q=steel&currency=usd&sort=open-desc&size=25&after=x'
  expect(parse(address)).toEqual({
    filter: {
      status: 'past-due',
      dueFrom: '2026-01-01',
      dueTo: '2026-02-01',
      minMinor: 1050n,
      maxMinor: 100_000n,
      poNumber: 'PO-7',
      text: 'steel',
      currency: 'USD',
    },
    paging: { sort: 'open-desc', after: 'x', before: null, size: 25 },
    problems: [],
  })
})

test('amounts are read with the digits of their currency', () => {
  expect(parse('currency=JPY&min=1200').filter.minMinor).toBe(1200n)
  expect(parse('currency=KWD&min=1.234').filter.minMinor).toBe(1234n)
  expect(parse('currency=JPY&min=1.5').problems).toHaveLength(1)
})

test.each([
  ['status=late', 'status'],
  ['due-from=2026-02-30', 'due-from'],
  ['due-to=tomorrow', 'due-to'],
  ['min=ten', 'min'],
  ['max=1.005', 'max'],
  ['currency=XXZ', 'currency'],
  ['sort=random', 'sort'],
  ['size=7', 'size'],
  [`q=${'x'.repeat(201)}`, 'q'],
  ['q=%00', 'q'],
])('%s is named as a problem and left out', (address, field) => {
  const { filter, problems } = parse(address)
  expect(problems.map((problem) => problem.field)).toEqual([field])
  expect(filter).toEqual(EVERY_INVOICE)
})

test('a cursor goes round, and only with the order it was made for', () => {
  for (const sort of INVOICE_SORTS) {
    const value = /issued|due/.test(sort) ? '2026-01-31' : '42'
    const text = encodeCursor({ sort, value, id: ID })
    expect(decodeCursor(text, sort)).toEqual({ sort, value, id: ID })
    const another = INVOICE_SORTS.find((each) => each !== sort) ?? sort
    expect(decodeCursor(text, another)).toBeNull()
  }
})

test.each([
  null,
  '',
  'nonsense',
  Buffer.from('[]').toString('base64url'),
  Buffer.from('["due-asc","2026-13-01","' + ID + '"]').toString('base64url'),
  Buffer.from('["due-asc","2026-01-01","1; DROP TABLE invoice"]').toString('base64url'),
  Buffer.from('["due-asc",7,"' + ID + '"]').toString('base64url'),
])('the cursor %j begins at the first page', (text) => {
  expect(decodeCursor(text, 'due-asc')).toBeNull()
})
