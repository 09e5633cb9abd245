import { expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import {
  autopayEnrolledLetter,
  autopayFailedLetter,
  autopayNoticeLetter,
  autopayPausedLetter,
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
  items: [{ invoiceId: newId<'inv'>(), number: '2001', amount: money(124_050n, USD) }],
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
