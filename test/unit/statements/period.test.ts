import { expect, test } from 'vitest'
import { parseBusinessDate } from '#app/platform/time.ts'
import { parseAsOf, parsePeriod } from '#app/statements/period.ts'

const today = parseBusinessDate('2026-11-23')
const params = (text: string): URLSearchParams => new URLSearchParams(text)

test('without days the period is the last 90 days', () => {
  expect(parsePeriod(params(''), today)).toMatchObject({ from: '2026-08-25', to: '2026-11-23', problems: [] })
})

test('a period that is typed is taken', () => {
  expect(parsePeriod(params('from=2026-01-01&to=2026-01-31'), today)).toMatchObject({
    from: '2026-01-01',
    to: '2026-01-31',
    problems: [],
  })
})

test('what cannot be read is named at its field and kept as typed', () => {
  const period = parsePeriod(params('from=2026-02-30&to=soon'), today)
  expect(period.problems.map(({ fieldId }) => fieldId)).toEqual(['from', 'to'])
  expect([period.typedFrom, period.typedTo]).toEqual(['2026-02-30', 'soon'])
})

test('a period that ends before it begins is refused in words and shows its last day', () => {
  const period = parsePeriod(params('from=2026-03-01&to=2026-02-01'), today)
  expect(period.problems).toHaveLength(1)
  expect(period.from <= period.to).toBe(true)
})

test.each([
  ['', '2026-11-23', 0],
  ['as-of=2012-12-31', '2012-12-31', 0],
  ['as-of=2026-11-24', '2026-11-23', 1],
  ['as-of=31.12.2012', '2026-11-23', 1],
])('the day of %j is %s with %i problems', (address, asOf, problems) => {
  const day = parseAsOf(params(address), today)
  expect(day.asOf).toBe(asOf)
  expect(day.problems).toHaveLength(problems)
})
