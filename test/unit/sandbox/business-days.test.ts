import { expect, test } from 'vitest'
import { nextPayoutMoment } from '#scripts/sandbox/balance/payout-schedule.ts'
import {
  addBusinessDays,
  afterBusinessDays,
  isBeforeCutOff,
  isBusinessDate,
  submissionDate,
} from '#scripts/sandbox/banking/business-days.ts'

const second = (text: string): number => Date.parse(text) / 1000
const text = (unix: number): string => new Date(unix * 1000).toISOString()

test.each([
  ['2026-11-23', true],
  ['2026-11-22', false],
  ['2026-11-26', false],
  ['2026-11-27', true],
  ['2026-12-25', false],
  ['2027-01-01', false],
  ['2027-01-18', false],
  ['2027-05-31', false],
  ['2027-05-24', true],
  ['2027-07-05', false],
  ['2026-07-03', true],
  ['2026-10-12', false],
  ['2026-09-07', false],
  ['2026-02-16', false],
])('%s is a business day: %s', (date, isBusiness) => {
  expect(isBusinessDate(date)).toBe(isBusiness)
})

test.each([
  ['2026-11-23T18:00:00Z', '2026-11-23', 'in the afternoon'],
  ['2026-11-24T01:59:59Z', '2026-11-23', 'a second before 21:00 in New York'],
  ['2026-11-24T02:00:00Z', '2026-11-24', 'at the cut-off'],
  ['2026-11-21T12:00:00Z', '2026-11-23', 'on a Saturday'],
  ['2026-11-26T12:00:00Z', '2026-11-27', 'on a holiday'],
  ['2026-07-02T00:59:59Z', '2026-07-01', 'before the cut-off in summer'],
])('handed in at %s it goes to the bank on %s: %s', (at, date) => {
  expect(submissionDate(second(at))).toBe(date)
})

test('four business days pass over a weekend and a holiday', () => {
  expect(addBusinessDays('2026-11-24', 4)).toBe('2026-12-01')
  expect(text(afterBusinessDays(second('2026-11-24T12:00:00Z'), 4))).toBe('2026-12-01T15:00:00.000Z')
})

test('a later hand-in is never answered earlier', () => {
  const start = second('2026-11-20T00:00:00Z')
  const answers = Array.from({ length: 14 * 24 * 4 }, (_, index) => afterBusinessDays(start + index * 900, 4))
  expect(answers).toEqual(answers.toSorted((left, right) => left - right))
})

test('waiting four business days one by one is enough for what takes four', () => {
  for (let hour = 0; hour < 14 * 24; hour += 1) {
    const start = second('2026-11-20T00:30:00Z') + hour * 3_600
    let now = start
    for (let day = 0; day < 4; day += 1) now = afterBusinessDays(now, 1)
    expect(now, text(start)).toBe(afterBusinessDays(start, 4))
  }
})

test('a debit can be taken back until the evening of the day it goes to the bank', () => {
  const created = second('2026-11-21T12:00:00Z')
  expect(isBeforeCutOff(created, second('2026-11-24T01:59:59Z'))).toBe(true)
  expect(isBeforeCutOff(created, second('2026-11-24T02:00:00Z'))).toBe(false)
})

test.each([
  ['2026-11-23T15:00:00Z', '2026-11-23T16:00:00.000Z', 'the same day, an hour after banks have acted'],
  ['2026-11-23T16:00:00Z', '2026-11-23T16:00:00.000Z', 'at once when it is time'],
  ['2026-11-23T16:00:01Z', '2026-11-24T16:00:00.000Z', 'the next day'],
  ['2026-11-25T18:00:00Z', '2026-11-27T16:00:00.000Z', 'after a holiday'],
  ['2026-11-27T23:30:00Z', '2026-11-30T16:00:00.000Z', 'after the weekend'],
])('money available at %s goes out at %s: %s', (availableAt, payoutAt) => {
  expect(text(nextPayoutMoment(second(availableAt)))).toBe(payoutAt)
})
