import { expect, test } from 'vitest'
import { lastDayOfLink, maskAddress } from '#app/parties/links/pay-link.ts'
import { loggablePath } from '#app/platform/loggable-path.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const day = parseBusinessDate

test.each([
  ['due in ten days: 30 days after', '2026-03-11', '2026-04-10'],
  ['late already: 30 days from now', '2026-01-01', '2026-03-31'],
  ['due in a year: never longer than 120 days', '2027-03-01', '2026-06-29'],
])('the last day of a link for what is %s', (_what, due, last) => {
  expect(lastDayOfLink(day(due), day('2026-03-01'))).toBe(last)
})

test('the last day of a link for nothing', () => {
  expect(lastDayOfLink(null, day('2026-03-01'))).toBe('2026-03-31')
})

test.each([
  ['noor@buyer.test', 'n•••@buyer.test'],
  ['@buyer.test', '•••'],
  ['nobody', '•••'],
])('%s is shown as %s', (address, shown) => {
  expect(maskAddress(address)).toBe(shown)
})

test.each([
  ['/l/abc', '/l/[token]'],
  ['/l/abc.data', '/l/[token]'],
  ['/l/abc/payments/pay_1', '/l/[token]/payments/pay_1'],
  ['/c/cst_1/l/abc', '/c/cst_1/l/abc'],
])('%s stands in the log as %s', (path, shown) => {
  expect(loggablePath(path)).toBe(shown)
})
