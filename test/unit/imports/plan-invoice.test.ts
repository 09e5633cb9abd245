import { expect, test } from 'vitest'
import { invoiceHashes } from '#app/imports/content-hash.ts'
import type { ImportedInvoice } from '#app/imports/imported-invoice.ts'
import { type BookedInvoice, type PlanContext, planInvoice } from '#app/imports/plan-invoice.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const day = parseBusinessDate
const invoice: ImportedInvoice = {
  lineNo: 7,
  records: 1,
  customer: { number: 'A-1' },
  number: 'I-1',
  currency: 'USD',
  issuedOn: day('2026-01-05'),
  dueOn: day('2026-02-04'),
  netMinor: '1000',
  taxMinor: '0',
  roundingMinor: '0',
  totalMinor: '1000',
  lines: [],
  taxes: [],
  isDisputed: false,
}
const hashes = invoiceHashes(invoice)
const booked: BookedInvoice = {
  id: 'i',
  customerId: 'c',
  currency: 'USD',
  dueOn: invoice.dueOn,
  totalMinor: 1_000n,
  openMinor: 1_000n,
  heldMinor: 0n,
  ...hashes,
  importedPaymentOn: null,
  takenBackOn: null,
  hasImportedDispute: false,
}
const context: PlanContext = {
  hashes,
  booked: null,
  customerId: null,
  duplicateOf: null,
  correct: false,
  today: day('2026-03-01'),
  columnOf: (field) => field,
}
const known = (changes: Partial<BookedInvoice> = {}, more: Partial<PlanContext> = {}): PlanContext => ({
  ...context,
  customerId: 'c',
  booked: { ...booked, ...changes },
  ...more,
})
const settled = { ...invoice, settledOn: day('2026-02-10') }
const codes = (plan: ReturnType<typeof planInvoice>): string[] => plan.errors.map(({ code }) => code)

test('An unknown invoice is new, with its payment and dispute', () => {
  expect(planInvoice({ ...settled, isDisputed: true }, context)).toEqual({
    effect: 'new',
    errors: [],
    settleMinor: 1_000n,
    settleOn: '2026-02-10',
    recordsDispute: true,
  })
})

test('The same content does nothing; other text makes a document; other amounts are refused or corrected', () => {
  expect(planInvoice(invoice, known())).toMatchObject({ effect: 'unchanged', settleMinor: 0n })
  expect(planInvoice(invoice, known({ contentHash: 'x' }))).toMatchObject({ effect: 'document' })
  const amounts = { contentHash: 'x', amountHash: 'x' }
  expect(codes(planInvoice(invoice, known(amounts)))).toEqual(['INVOICE_ALREADY_POSTED'])
  expect(planInvoice(invoice, known(amounts, { correct: true }))).toMatchObject({ effect: 'correction' })
})

test('A correction may not go below what is paid or held, nor change the currency of paid money', () => {
  const change = { contentHash: 'x', amountHash: 'x', totalMinor: 3_000n, openMinor: 1_900n }
  expect(codes(planInvoice(invoice, known(change, { correct: true })))).toEqual(['CORRECTION_BELOW_PAID'])
  const held = { ...change, openMinor: 2_500n, heldMinor: 501n }
  expect(codes(planInvoice(invoice, known(held, { correct: true })))).toEqual(['CORRECTION_BELOW_PAID'])
  expect(codes(planInvoice(invoice, known({ ...held, heldMinor: 500n }, { correct: true })))).toEqual([])
  expect(
    codes(planInvoice(invoice, known({ ...held, heldMinor: 1n, currency: 'EUR' }, { correct: true }))),
  ).toEqual(['CORRECTION_BELOW_PAID'])
})

test('A settlement that the books lack pays what is open; one that they have is never repeated', () => {
  expect(planInvoice(settled, known())).toMatchObject({ effect: 'history', settleMinor: 1_000n })
  expect(planInvoice(settled, known({ openMinor: 300n }))).toMatchObject({ settleMinor: 300n })
  expect(planInvoice(settled, known({ openMinor: 0n }))).toMatchObject({
    effect: 'unchanged',
    settleMinor: 0n,
  })
  const paid = { importedPaymentOn: day('2026-02-10'), openMinor: 1_000n }
  expect(planInvoice(settled, known(paid))).toMatchObject({ effect: 'unchanged', settleMinor: 0n })
  expect(codes(planInvoice(settled, known({ importedPaymentOn: day('2026-02-11') })))).toEqual([
    'SETTLEMENT_DIFFERS',
  ])
  expect(codes(planInvoice(settled, known({ heldMinor: 5n })))).toEqual(['MONEY_ON_ITS_WAY'])
})

test('A settlement whose money was taken back is not booked again, and a later one is for a person', () => {
  const again = { takenBackOn: day('2026-02-20') }
  expect(planInvoice(settled, known(again))).toMatchObject({ effect: 'unchanged', settleMinor: 0n })
  expect(planInvoice(settled, known({ ...again, contentHash: 'x' }))).toMatchObject({
    effect: 'document',
    settleMinor: 0n,
  })
  const later = { ...invoice, settledOn: day('2026-02-21') }
  expect(codes(planInvoice(later, known(again)))).toEqual(['SETTLED_AFTER_TAKEN_BACK'])
  expect(planInvoice(later, known({ ...again, openMinor: 0n }))).toMatchObject({
    effect: 'unchanged',
    errors: [],
  })
})

test('After a correction of a settled invoice the difference is paid as of today', () => {
  const change = {
    contentHash: 'x',
    amountHash: 'x',
    totalMinor: 900n,
    openMinor: 0n,
    importedPaymentOn: day('2026-02-10'),
  }
  expect(planInvoice(settled, known(change, { correct: true }))).toMatchObject({
    effect: 'correction',
    settleMinor: 100n,
    settleOn: '2026-03-01',
  })
})

test('Twice in a file, another customer and a settlement after today are refused', () => {
  expect(codes(planInvoice(invoice, { ...context, duplicateOf: 3 }))).toEqual(['DUPLICATE_IN_FILE'])
  expect(codes(planInvoice(invoice, known({}, { customerId: 'other' })))).toEqual([
    'INVOICE_OF_OTHER_CUSTOMER',
  ])
  expect(codes(planInvoice({ ...invoice, settledOn: day('2026-03-02') }, context))).toEqual([
    'SETTLED_IN_FUTURE',
  ])
})

test('The content hash covers texts and the amount hash amounts alone', () => {
  expect(invoiceHashes({ ...invoice, poNumber: 'P' }).amountHash).toBe(hashes.amountHash)
  expect(invoiceHashes({ ...invoice, poNumber: 'P' }).contentHash).not.toBe(hashes.contentHash)
  expect(invoiceHashes({ ...invoice, dueOn: day('2026-02-05') }).amountHash).not.toBe(hashes.amountHash)
  expect(invoiceHashes({ ...invoice, poNumber: undefined })).toEqual(hashes)
})
