import { expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import {
  autopayEnrolledLetter,
  autopayFailedLetter,
  autopayNoticeLetter,
  autopayPausedLetter,
  autopaySkippedLetter,
} from '#app/notices/autopay-letters.ts'
import { letterText } from '#app/notices/letter.ts'
import type { AutopayOrderRecord, AutopayRunRecord } from '#app/payments/autopay/autopay-record.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const SENDER = { name: 'Harrow & Finch', email: 'ar@harrow.test', phone: null }
const READER = {
  customerName: 'Bell & Sons',
  locale: 'en-US',
  timeZone: 'America/New_York',
  page: 'http://localhost:3000/c/cst_1/autopay',
}
const RUN: AutopayRunRecord = {
  id: newId<'run'>(),
  debitOn: parseBusinessDate('2026-12-03'),
  attemptNo: 1,
  state: 'noticed',
  reason: null,
  methodName: 'Visa ending 4242',
  methodKind: 'card',
  announced: money(124_050n, USD),
  charged: null,
  paymentId: null,
  nextTryOn: null,
  credit: money(0n, USD),
  discount: money(0n, USD),
  items: [
    {
      ...{ invoiceId: newId<'inv'>(), number: '2001', amount: money(124_050n, USD) },
      ...{ credit: money(0n, USD), discount: money(0n, USD) },
    },
  ],
  leftOut: [],
}
const ORDER: AutopayOrderRecord = {
  id: newId<'aut'>(),
  state: 'active',
  pausedReason: null,
  currency: USD,
  limit: money(500_000n, USD),
  scope: { kind: 'all' },
  daysBefore: 0,
  methodId: newId<'met'>(),
  methodName: 'Visa ending 4242',
  acceptedAt: new Date('2026-11-24T15:00:00Z'),
  acceptedBy: 'Pat Payer',
  agreedText: 'First paragraph.\n\nSecond paragraph.',
}

test('the copy carries the whole text, who agreed and when', () => {
  const text = letterText(autopayEnrolledLetter(ORDER, READER, SENDER))
  expect(text).toContain('Pat Payer set up autopay by Visa ending 4242 on 24 Nov 2026, 10:00 EST.')
  expect(text).toContain('First paragraph.\n\nSecond paragraph.')
})

test('a notice says day, amount, method, invoices and how to skip, and what the limit leaves out', () => {
  const letter = autopayNoticeLetter({ ...RUN, leftOut: ['2002', '2003'] }, false, READER, SENDER)
  expect(letter.subject).toBe('$1,240.50 will be debited on 3 Dec 2026')
  expect(letter.lines[0]).toBe('On 3 Dec 2026 autopay debits $1,240.50 by Visa ending 4242.')
  expect(letter.lines[2]).toContain('Invoices 2002, 2003 do not fit your limit per debit')
  expect(letter.table?.rows).toEqual([['Invoice 2001', '1,240.50']])
  expect(letter.action).toEqual({ label: 'Skip this debit', url: `${READER.page}#debits` })
  expect(autopayNoticeLetter(RUN, true, READER, SENDER).subject).toMatch(/^Changed: /)
})

const LESS: AutopayRunRecord = {
  ...RUN,
  announced: money(48_000n, USD),
  credit: money(50_000n, USD),
  discount: money(2_000n, USD),
  items: [
    {
      ...{ invoiceId: newId<'inv'>(), number: '2001', amount: money(48_000n, USD) },
      ...{ credit: money(50_000n, USD), discount: money(2_000n, USD) },
    },
  ],
}

test('a notice says what credit and discount take off, and its table adds up to what is debited', () => {
  const letter = autopayNoticeLetter(LESS, true, READER, SENDER)
  expect(letter.subject).toBe('Changed: $480.00 will be debited on 3 Dec 2026')
  expect(letter.lines[0]).toBe(
    'On 3 Dec 2026 autopay debits $480.00 by Visa ending 4242. $500.00 of your credit is used first, and $20.00 is saved by paying early. This takes the place of the earlier notice for that day.',
  )
  expect(letter.table?.rows).toEqual([
    ['Invoice 2001', '1,000.00'],
    ['Your credit, used first', '-500.00'],
    ['Early-payment discount', '-20.00'],
  ])
  expect(letter.table?.foot).toEqual(['Total', '480.00'])
})

test('where credit covers everything the notice says that nothing is debited, and still how to skip', () => {
  const items = LESS.items.map((item) => ({
    ...item,
    ...{ amount: money(0n, USD), credit: money(50_000n, USD), discount: money(0n, USD) },
  }))
  const covered = { ...LESS, announced: money(0n, USD), discount: money(0n, USD), items }
  const letter = autopayNoticeLetter(covered, false, READER, SENDER)
  expect(letter.subject).toBe('Your credit pays your invoices on 3 Dec 2026')
  expect(letter.lines[0]).toBe('On 3 Dec 2026 autopay debits nothing. $500.00 of your credit is used first.')
  expect(letter.table?.foot).toEqual(['Total', '0.00'])
  expect(letter.action?.label).toBe('Skip this debit')
  expect(autopaySkippedLetter(covered, READER, SENDER).lines[0]).toContain('pay with your credit')
})

test('a debit that the limit leaves nothing of is told of as none', () => {
  const letter = autopayNoticeLetter(
    { ...RUN, announced: money(0n, USD), items: [], leftOut: ['2002'] },
    false,
    READER,
    SENDER,
  )
  expect(letter.subject).toBe('No debit on 3 Dec 2026: above your limit')
  expect(letter.lines[1]).toContain('Invoice 2002 does not fit')
})

test.each([
  [
    'a try to come',
    { retryOn: parseBusinessDate('2026-12-04'), pausedReason: null },
    'tried again on 4 Dec 2026',
  ],
  [
    'a pause',
    { retryOn: null, pausedReason: 'retries_used_up' },
    'autopay is paused. A debit failed three times.',
  ],
  ['neither', { retryOn: null, pausedReason: null }, 'It is not tried again. Please pay'],
])('a failed debit is told with its cause, %s, and the page to pay on', (_what, next, words) => {
  const payPage = 'http://localhost:3000/c/cst_1/pay?pick=inv_1'
  const failed = { ...RUN, state: 'error', reason: 'insufficient_funds' } as const
  const letter = autopayFailedLetter(failed, { ...next, payPage }, READER, SENDER)
  expect(letter.lines[0]).toContain('The card does not have enough funds')
  expect(letter.lines[1]).toContain(words)
  expect(letter.action?.url).toBe(payPage)
  const bank = autopayFailedLetter(
    { ...failed, methodKind: 'us_bank_account' },
    { ...next, payPage },
    READER,
    SENDER,
  )
  expect(bank.lines[0]).toContain('The account did not cover the debit.')
})

test('a pause is told with its reason and what to do', () => {
  const letter = autopayPausedLetter(ORDER, 'second_return', READER, SENDER)
  expect(letter.lines[0]).toContain('Your bank returned two debits.')
})
