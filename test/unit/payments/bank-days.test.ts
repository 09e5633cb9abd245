import { expect, test } from 'vitest'
import { expectedClearing, isBankingDay } from '#app/payments/bank-days.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

test.each([
  // Published holiday schedules of the Federal Reserve banks.
  ['2026-01-01', false],
  ['2026-01-19', false],
  ['2026-02-16', false],
  ['2026-05-25', false],
  ['2026-06-19', false],
  // Independence Day of 2026 is a Saturday: the Friday before is a working day.
  ['2026-07-03', true],
  ['2026-07-04', false],
  ['2026-09-07', false],
  ['2026-10-12', false],
  ['2026-11-11', false],
  ['2026-11-26', false],
  ['2026-11-27', true],
  ['2026-12-25', false],
  // Independence Day of 2027 is a Sunday: the Monday is free.
  ['2027-07-05', false],
  ['2027-07-06', true],
])('%s is a banking day: %s', (day, expected) => {
  expect(isBankingDay(parseBusinessDate(day))).toBe(expected)
})

test.each([
  ['a Monday morning', '2026-11-16T15:00:00Z', '2026-11-20'],
  ['a Monday after nine in the evening', '2026-11-17T02:30:00Z', '2026-11-23'],
  ['a minute before the cut-off', '2026-11-17T01:59:00Z', '2026-11-20'],
  ['a Saturday', '2026-11-21T15:00:00Z', '2026-11-30'],
  ['the day before Thanksgiving', '2026-11-25T15:00:00Z', '2026-12-02'],
  ['summer time counts', '2026-07-07T00:59:00Z', '2026-07-10'],
])('a bank debit begun on %s is expected four banking days later', (_when, begunAt, expected) => {
  expect(expectedClearing(new Date(begunAt))).toBe(expected)
})
