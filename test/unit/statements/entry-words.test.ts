import { expect, test } from 'vitest'
import { type EntryRecord, entryWords } from '#app/statements/entry-words.ts'

const ID = '0193a000-0000-7000-8000-000000000001'

const entry = (overrides: Partial<EntryRecord>): EntryRecord => ({
  journalId: ID,
  effectiveOn: '2026-11-01',
  amountMinor: 100n,
  invoices: 1,
  journalKind: 'invoice.issued',
  invoiceId: null,
  invoiceNumber: null,
  invoiceKind: null,
  creditMemoId: null,
  creditNumber: null,
  reason: null,
  paymentId: null,
  paymentNumber: null,
  method: null,
  cardBrand: null,
  cardLast4: null,
  reversalKind: null,
  adjustmentKind: null,
  adjustedInvoiceId: null,
  adjustedInvoiceNumber: null,
  ...overrides,
})
const invoice = { invoiceId: ID, invoiceNumber: '1042', invoiceKind: 'invoice' } as const
const payment = { paymentId: ID, paymentNumber: 'P-7', journalKind: 'payment.settled' } as const

test.each([
  [{ ...invoice }, 'invoice', 'Invoice 1042', null],
  [{ ...invoice, invoiceKind: 'fee' as const }, 'fee', 'Fee 1042', null],
  [
    { ...invoice, journalKind: 'invoice.withdrawn' },
    'withdrawal',
    'Withdrawn invoice 1042',
    'Replaced by a corrected invoice',
  ],
  [{ ...invoice, journalKind: 'invoice.corrected' }, 'correction', 'Corrected invoice 1042', null],
  [
    { creditMemoId: ID, creditNumber: 'CR-3', reason: 'goods returned' },
    'credit',
    'Credit CR-3',
    'goods returned',
  ],
  [
    { ...payment, method: 'card' as const, cardBrand: 'visa', cardLast4: '4242', invoices: 3 },
    'payment',
    'Payment P-7',
    'by Visa ending 4242, for 3 invoices',
  ],
  [{ ...payment, method: 'imported' as const }, 'payment', 'Payment P-7', null],
  [{ ...payment, reversalKind: 'refund' as const }, 'refund', 'Refund of payment P-7', null],
  [
    { ...payment, reversalKind: 'bank_return' as const },
    'bank-return',
    'Payment P-7 returned by the bank',
    null,
  ],
  [{ ...payment, reversalKind: 'chargeback' as const }, 'chargeback', 'Payment P-7 charged back', null],
])('%o is called what it is', (facts, kind, what, note) => {
  expect(entryWords(entry(facts))).toMatchObject({ kind, what, note })
})

test('a row opens the record behind it', () => {
  const hex = ID.replaceAll('-', '')
  expect(entryWords(entry(invoice)).opens).toEqual({ kind: 'invoice', id: `inv_${hex}` })
  expect(entryWords(entry({ ...payment, reversalKind: 'refund' })).opens).toEqual({
    kind: 'payment',
    id: `pay_${hex}`,
  })
})
