import { expect, test } from 'vitest'
import { eventSentence, expectedDate, rateText } from '#app/invoices/invoice-detail.ts'
import { chainMark } from '#app/invoices/invoice-events.ts'
import { dueInWords, invoiceState, type StateFacts } from '#app/invoices/invoice-view.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const day = parseBusinessDate
const today = day('2026-11-23')
const facts = (overrides: Partial<StateFacts>): StateFacts => ({
  totalMinor: 1000n,
  openMinor: 1000n,
  onItsWayMinor: 0n,
  disputedMinor: 0n,
  dueOn: day('2026-12-01'),
  ...overrides,
})

test.each([
  [{}, 'open'],
  [{ openMinor: 400n }, 'part-settled'],
  [{ dueOn: today }, 'open'],
  [{ dueOn: day('2026-11-22') }, 'past-due'],
  [{ dueOn: day('2026-11-22'), openMinor: 1n }, 'past-due'],
  [{ onItsWayMinor: 1000n, dueOn: day('2026-11-01') }, 'on-its-way'],
  [{ disputedMinor: 1n, onItsWayMinor: 999n }, 'disputed'],
  [{ openMinor: 0n, dueOn: day('2026-11-01') }, 'settled'],
])('%o reads as %s', (overrides, state) => {
  expect(invoiceState(facts(overrides), today)).toBe(state)
})

test.each([
  ['2026-11-26', 'in 3 days'],
  ['2026-11-24', 'due tomorrow'],
  ['2026-11-23', 'due today'],
  ['2026-11-22', '1 day late'],
  ['2026-11-11', '12 days late'],
])('due on %s: %s', (dueOn, words) => {
  expect(dueInWords(day(dueOn), today)).toBe(words)
})

test('a bank debit clears within four weekdays, a card at once, and history says nothing', () => {
  expect(expectedDate('us_bank_account', day('2026-11-19'))).toBe('2026-11-25')
  expect(expectedDate('us_bank_account', day('2026-11-21'))).toBe('2026-11-26')
  expect(expectedDate('card', day('2026-11-21'))).toBe('2026-11-21')
  expect(expectedDate('imported', day('2026-11-21'))).toBeNull()
})

test('a reverted transaction leaves its entries waiting', () => {
  expect([null, 'queued', 'sent', 'recorded', 'final', 'reverted'].map(chainMark)).toEqual([
    'queued',
    'queued',
    'sent',
    'recorded',
    'final',
    'queued',
  ])
})

test('events and rates in plain words', () => {
  expect(eventSentence('payment.applied', 'P-7')).toBe('Payment P-7 applied')
  expect(eventSentence('invoice.issued', null)).toBe('Invoice issued')
  expect(eventSentence('payment.applied', null)).toBe('Payment applied')
  expect(rateText(825)).toBe('8.25\u00a0%')
  expect(rateText(0)).toBe('0\u00a0%')
})
