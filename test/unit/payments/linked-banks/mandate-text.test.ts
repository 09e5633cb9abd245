import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { MANDATE_VERSION, type MandateTerms, mandateText } from '#app/payments/linked-banks/mandate-text.ts'
import { mayLinkAnother, reasonsOfDebit, reasonsOfLink } from '#app/payments/linked-banks/review-reasons.ts'

const TERMS: MandateTerms = {
  supplierName: 'Harrow & Finch',
  supplierLegalName: 'Harrow & Finch LLC',
  customerName: 'Quillhaven Coffee Roasters',
  bankName: 'First Platypus Bank',
  accountName: 'Business Checking',
  accountMask: '2222',
  contact: 'ar@harrow.test',
  day: '1 Mar 2026',
}

test('a mandate says who debits which account, for what, how it ends, and by which rules', () => {
  const text = mandateText(TERMS)
  for (const words of [
    'Harrow & Finch LLC',
    'Quillhaven Coffee Roasters',
    'First Platypus Bank, Business Checking ending 2222',
    'allowed to act for',
    'the amount shown there',
    'at least 7 days before',
    'ar@harrow.test',
    '3 business days',
    'no fee',
    'Nacha',
    '1 Mar 2026',
  ])
    expect.soft(text).toContain(words)
})

test('a version that people have agreed to keeps its words', () => {
  expect(MANDATE_VERSION).toBe('bank-debit/1')
  const hash = createHash('sha256').update(mandateText(TERMS)).digest('hex')
  expect(hash).toMatchInlineSnapshot(`"ec52e864490ec3eb0eb324b711411f5fb5c9e486d729a21e732536b64b368a21"`)
})

test.each([
  [{ addedToday: 1, hasPaidFromAnother: false }, []],
  [{ addedToday: 3, hasPaidFromAnother: false }, []],
  [{ addedToday: 4, hasPaidFromAnother: false }, ['many_accounts']],
  [{ addedToday: 1, hasPaidFromAnother: true }, ['changed_account']],
  [{ addedToday: 9, hasPaidFromAnother: true }, ['many_accounts', 'changed_account']],
])('adding an account with %o is looked at for %o', (history, reasons) => {
  expect(reasonsOfLink(history)).toEqual(reasons)
})

test('a large debit is looked at the first time only, and a flood of links is refused', () => {
  expect(reasonsOfDebit({ isFirst: true, amountMinor: 1_000_000n })).toEqual([])
  expect(reasonsOfDebit({ isFirst: true, amountMinor: 1_000_001n })).toEqual(['large_first_debit'])
  expect(reasonsOfDebit({ isFirst: false, amountMinor: 9_000_000n })).toEqual([])
  expect([0, 9, 10, 11].map(mayLinkAnother)).toEqual([true, true, false, false])
})
