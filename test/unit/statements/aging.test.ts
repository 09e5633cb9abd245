import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, businessDateIn, parseBusinessDate } from '#app/platform/time.ts'
import { AGING_BUCKETS, type AgingItem, ageItems, agingBucketOf, agingSum } from '#app/statements/aging.ts'

const day = parseBusinessDate

test.each([
  [-400, 'not-due'],
  [-1, 'not-due'],
  [0, 'not-due'],
  [1, '1-30'],
  [30, '1-30'],
  [31, '31-60'],
  [60, '31-60'],
  [61, '61-90'],
  [90, '61-90'],
  [91, '91-120'],
  [120, '91-120'],
  [121, 'over-120'],
  [5000, 'over-120'],
])('an amount %i days after its due date is in the bucket %s', (daysLate, bucket) => {
  const asOf = day('2026-11-23')
  expect(agingBucketOf(addDays(asOf, -daysLate), asOf)).toBe(bucket)
})

test('a leap day and a month end count as days of the calendar', () => {
  expect(agingBucketOf(day('2028-02-28'), day('2028-03-30'))).toBe('31-60')
  expect(agingBucketOf(day('2027-02-28'), day('2027-03-30'))).toBe('1-30')
  expect(agingBucketOf(day('2028-02-29'), day('2028-02-29'))).toBe('not-due')
  expect(agingBucketOf(day('2028-02-29'), day('2028-03-01'))).toBe('1-30')
})

// The same instant is another day elsewhere: what is late depends on the supplier's zone alone.
test.each([
  // Clocks go back in New York: the day has 25 hours.
  ['America/New_York', '2026-11-02T04:59:59Z', 'not-due'],
  ['America/New_York', '2026-11-02T05:00:00Z', '1-30'],
  // A quarter-hour zone.
  ['Asia/Kathmandu', '2026-11-01T18:14:59Z', 'not-due'],
  ['Asia/Kathmandu', '2026-11-01T18:15:00Z', '1-30'],
  // The far side of the date line.
  ['Pacific/Apia', '2026-11-01T10:59:59Z', 'not-due'],
  ['Pacific/Apia', '2026-11-01T11:00:00Z', '1-30'],
  ['UTC', '2026-11-01T23:59:59Z', 'not-due'],
])('due on 1 Nov 2026, asked in %s at %s: %s', (zone, instant, bucket) => {
  expect(agingBucketOf(day('2026-11-01'), businessDateIn(zone, new Date(instant)))).toBe(bucket)
})

// Clocks go forward in New York on 8 March 2026: the day has 23 hours.
test('a day of 23 hours ends at its own midnight', () => {
  const asOf = (instant: string) => businessDateIn('America/New_York', new Date(instant))
  expect(agingBucketOf(day('2026-03-08'), asOf('2026-03-09T03:59:59Z'))).toBe('not-due')
  expect(agingBucketOf(day('2026-03-08'), asOf('2026-03-09T04:00:00Z'))).toBe('1-30')
})

const item: fc.Arbitrary<AgingItem> = fc.record({
  dueOn: fc.integer({ min: -600, max: 600 }).map((days) => addDays(day('2026-06-15'), days)),
  openMinor: fc.bigInt({ min: -1_000_000n, max: 1_000_000_000_000n }),
  disputedMinor: fc.bigInt({ min: 0n, max: 1_000_000n }),
  onPlanMinor: fc.bigInt({ min: 0n, max: 1_000_000n }),
})

test('whatever is open, the buckets add up to it, and every item is in exactly one of them', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), (items) => {
      const buckets = ageItems(items, day('2026-06-15'))
      const total = agingSum(items)
      expect(buckets.map((bucket) => bucket.key)).toEqual(AGING_BUCKETS.map((bucket) => bucket.key))
      const added = buckets.reduce(
        (sum, bucket) => ({
          count: sum.count + bucket.count,
          openMinor: sum.openMinor + bucket.openMinor,
          disputedMinor: sum.disputedMinor + bucket.disputedMinor,
          onPlanMinor: sum.onPlanMinor + bucket.onPlanMinor,
        }),
        { count: 0, openMinor: 0n, disputedMinor: 0n, onPlanMinor: 0n },
      )
      expect(added).toEqual(total)
    }),
  )
})

test('a day later no amount is in a younger bucket', () => {
  const keys = AGING_BUCKETS.map((bucket) => bucket.key)
  fc.assert(
    fc.property(item, fc.integer({ min: -300, max: 300 }), ({ dueOn }, days) => {
      const asOf = addDays(day('2026-06-15'), days)
      const today = keys.indexOf(agingBucketOf(dueOn, asOf))
      const tomorrow = keys.indexOf(agingBucketOf(dueOn, addDays(asOf, 1)))
      expect(tomorrow === today || tomorrow === today + 1).toBe(true)
    }),
  )
})
