import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decimalText,
  productMinor,
  readDate,
  readDecimal,
  readRateBps,
  readYesNo,
  toMinor,
} from '#app/imports/cells.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'

test.each([
  ['12/31/2026', 'M/D/YYYY', '2026-12-31'],
  ['1/2/2013', 'M/D/YYYY', '2013-01-02'],
  ['1/2/2013', 'D/M/YYYY', '2013-02-01'],
  ['31.12.2026', 'D.M.YYYY', '2026-12-31'],
  ['20260229', 'YYYYMMDD', null],
  ['20240229', 'YYYYMMDD', '2024-02-29'],
  ['2/30/2013', 'M/D/YYYY', null],
  ['13/1/2013', 'M/D/YYYY', null],
  ['2013-1-2', 'YYYY-MM-DD', null],
  ['1/2/13', 'M/D/YYYY', null],
  ['1/2/0013', 'M/D/YYYY', null],
  ['1/2/9999', 'M/D/YYYY', null],
  ['', 'M/D/YYYY', null],
] as const)('The date %s written %s is %s', (text, format, date) => {
  expect(readDate(text, format)).toBe(date)
})

test('Every day from 1970 to 2100 is read back from every format', () => {
  const start = parseBusinessDate('1970-01-01')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 47_800 }), (days) => {
      const date = addDays(start, days)
      const [year, month, day] = date.split('-')
      expect(readDate(date, 'YYYY-MM-DD')).toBe(date)
      expect(readDate(`${Number(month)}/${Number(day)}/${year}`, 'M/D/YYYY')).toBe(date)
      expect(readDate(`${day}/${month}/${year}`, 'D/M/YYYY')).toBe(date)
      expect(readDate(`${Number(day)}.${month}.${year}`, 'D.M.YYYY')).toBe(date)
      expect(readDate(`${year}${month}${day}`, 'YYYYMMDD')).toBe(date)
    }),
  )
})

test.each([
  ['1240.5', '.', '1240.5'],
  ['1,240.50', '.', '1240.5'],
  ['1.240,50', ',', '1240.5'],
  ["1'240.50", '.', '1240.5'],
  ['1 240,50', ',', '1240.5'],
  ['-12', '.', '-12'],
  ['12-', '.', '-12'],
  ['(12.30)', '.', '-12.3'],
  ['007', '.', '7'],
  ['0.000', '.', '0'],
  ['12.', '.', '12'],
  ['1,24', '.', null],
  ['12,40.5', '.', null],
  ['$12', '.', null],
  ['1e3', '.', null],
  ['.5', '.', null],
  ['--5', '.', null],
  ['(-5)', '.', null],
  ['NaN', '.', null],
  ['1234567890123', '.', null],
  ['0.1234567', '.', null],
] as const)('The number %s with "%s" before its decimals is %s', (text, sign, expected) => {
  const value = readDecimal(text, sign)
  expect(value === null ? null : decimalText(value)).toBe(expected)
})

test('An amount of minor units is read back exactly, with any sign before its decimals', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
      fc.constantFrom('.', ','),
      (minor, sign) => {
        const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0')
        const text = `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}${sign}${digits.slice(-2)}`
        const value = readDecimal(text, sign as '.' | ',')
        expect(value === null ? null : toMinor(value, 2)).toBe(minor)
      },
    ),
  )
})

test('More decimals than the currency has are no amount', () => {
  expect(toMinor({ units: 12_345n, scale: 3 }, 2)).toBeNull()
  expect(toMinor({ units: 12_345n, scale: 3 }, 3)).toBe(12_345n)
  expect(toMinor({ units: 5n, scale: 0 }, 0)).toBe(5n)
})

test('Quantity times price is rounded half up once', () => {
  const value = (text: string) => readDecimal(text, '.') ?? { units: 0n, scale: 0 }
  expect(productMinor(value('2.5'), value('1.2345'), 3)).toBe(3_086n)
  expect(productMinor(value('0.5'), value('0.01'), 2)).toBe(1n)
  expect(productMinor(value('-0.5'), value('0.01'), 2)).toBe(-1n)
  expect(productMinor(value('3'), value('0.333'), 2)).toBe(100n)
})

test.each([
  ['8.25', 825],
  ['8.25 %', 825],
  ['0', 0],
  ['100', 10_000],
  ['100.01', null],
  ['-1', null],
  ['8.255', null],
] as const)('The tax rate %s is %s basis points', (text, bps) => {
  expect(readRateBps(text, '.')).toBe(bps)
})

test('Yes and no are read in any case, and nothing else is', () => {
  expect(['Yes', 'TRUE', '1', 'y'].map(readYesNo)).toEqual([true, true, true, true])
  expect(['No', 'false', '0', 'N', ''].map(readYesNo)).toEqual([false, false, false, false, false])
  expect(readYesNo('maybe')).toBeNull()
})
