import { expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  businessDateIn,
  daysBetween,
  findBusinessDate,
  formatBusinessDate,
  formatInstant,
  fromDatabaseDate,
  parseBusinessDate,
  toDatabaseDate,
} from '#app/platform/time.ts'

const date = parseBusinessDate

test.each([
  ['America/New_York', '2026-03-08T04:59:59Z', '2026-03-07'],
  ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-08'],
  ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-31'],
  ['America/New_York', '2026-11-02T04:59:59Z', '2026-11-01'],
  ['Asia/Kathmandu', '2026-01-01T18:14:59Z', '2026-01-01'],
  ['Asia/Kathmandu', '2026-01-01T18:15:00Z', '2026-01-02'],
  ['Pacific/Apia', '2026-01-01T10:59:59Z', '2026-01-01'],
  ['Pacific/Apia', '2026-01-01T11:00:00Z', '2026-01-02'],
])('in %s it is at %s the %s', (zone, instant, expected) => {
  expect(businessDateIn(zone, new Date(instant))).toBe(expected)
})

test('only days of the calendar are dates', () => {
  expect(findBusinessDate('2028-02-29')).toBe('2028-02-29')
  for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '01/02/2026', '', '2026-04-31'])
    expect(findBusinessDate(text)).toBeNull()
})

test('days are counted across leap days and clock changes', () => {
  expect(daysBetween(date('2028-02-28'), date('2028-03-01'))).toBe(2)
  expect(daysBetween(date('2026-03-07'), date('2026-03-09'))).toBe(2)
  expect(daysBetween(date('2026-03-09'), date('2026-03-07'))).toBe(-2)
  expect(addDays(date('2026-12-31'), 1)).toBe('2027-01-01')
})

test('a month later a missing day becomes the last of the month', () => {
  expect(addMonths(date('2026-01-31'), 1)).toBe('2026-02-28')
  expect(addMonths(date('2028-01-31'), 1)).toBe('2028-02-29')
  expect(addMonths(date('2026-01-31'), 13)).toBe('2027-02-28')
  expect(addMonths(date('2026-03-31'), -1)).toBe('2026-02-28')
})

test('dates and instants are written as people read them', () => {
  expect(formatBusinessDate(date('2026-12-03'))).toBe('3 Dec 2026')
  expect(formatInstant(new Date('2026-12-03T19:05:00Z'), 'America/New_York')).toBe('3 Dec 2026, 14:05 EST')
})

test('a database date goes there and back', () => {
  expect(fromDatabaseDate(toDatabaseDate(date('2026-12-03')))).toBe('2026-12-03')
})
