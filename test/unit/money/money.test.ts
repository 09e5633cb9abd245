import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyExponent, findCurrency, parseCurrency } from '#app/money/currencies.ts'
import { formatAmount, formatMoney, toDecimal } from '#app/money/format.ts'
import { add, compare, money, subtract, sum, zero } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { divideHalfUp, taxOn } from '#app/money/rounding.ts'
import { split, splitEvenly } from '#app/money/split.ts'

const USD = parseCurrency('USD')
const JPY = parseCurrency('JPY')
const KWD = parseCurrency('KWD')

/** Raised by npm run test:long. */
const SPLITS = Number(process.env.SPLITS ?? 2_000)
const SEED = process.env.TEST_SEED

test('a currency is one of ISO 4217, with its own digits', () => {
  expect([JPY, USD, KWD].map(currencyExponent)).toEqual([0, 2, 3])
  expect(findCurrency('usd')).toBe('USD')
  expect(findCurrency('XXY')).toBeNull()
  expect(() => parseCurrency('dollar')).toThrow('ISO 4217')
})

test('amounts of two currencies never mix', () => {
  expect(() => add(money(1n, USD), money(1n, JPY))).toThrow('Cannot mix USD and JPY')
  expect(() => compare(money(1n, USD), money(1n, JPY))).toThrow()
  expect(() => sum([money(1n, JPY)], USD)).toThrow()
})

test.each([
  ['1240.5', 124_050n],
  ['$1,240.50', 124_050n],
  ['USD 5', 500n],
  ['-12', -1_200n],
  ['−0.01', -1n],
  ['0012.3400', 1_234n],
  ['12.', 1_200n],
  ['999999999999.99', 99_999_999_999_999n],
])('%s is read as %s cents', (text, minor) => {
  expect(parseAmount(text, USD)).toEqual({ ok: true, amount: money(minor, USD) })
})

test.each([
  ['', 'EMPTY'],
  ['   ', 'EMPTY'],
  ['-', 'NOT_A_NUMBER'],
  ['1,2', 'NOT_A_NUMBER'],
  ['1.2.3', 'NOT_A_NUMBER'],
  ['1e5', 'NOT_A_NUMBER'],
  ['€3', 'NOT_A_NUMBER'],
  ['EUR 3', 'NOT_A_NUMBER'],
  ['12.345', 'TOO_MANY_DECIMALS'],
  ['1000000000000', 'TOO_LARGE'],
  ['٣', 'NOT_A_NUMBER'],
])('%j is refused as %s', (text, problem) => {
  expect(parseAmount(text, USD)).toEqual({ ok: false, problem })
})

test('decimals follow the currency', () => {
  expect(parseAmount('980', JPY)).toEqual({ ok: true, amount: money(980n, JPY) })
  expect(parseAmount('980.5', JPY)).toEqual({ ok: false, problem: 'TOO_MANY_DECIMALS' })
  expect(parseAmount('3.125', KWD)).toEqual({ ok: true, amount: money(3_125n, KWD) })
  expect([toDecimal(money(-5n, USD)), toDecimal(money(980n, JPY)), toDecimal(money(3_125n, KWD))]).toEqual([
    '-0.05',
    '980',
    '3.125',
  ])
})

test('amounts beyond what a double can hold are written exactly', () => {
  expect(formatMoney(money(12_345_678_901_234_567_890n, USD))).toBe('$123,456,789,012,345,678.90')
  expect(formatAmount(money(-124_050n, USD))).toBe('-1,240.50')
  expect(formatMoney(money(124_050n, parseCurrency('EUR')), 'de-DE')).toBe('1.240,50\u00a0€')
})

test('what is written as a decimal is read back', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }),
      fc.constantFrom(USD, JPY, KWD),
      (minor, currency) => {
        expect(parseAmount(toDecimal(money(minor, currency)), currency)).toEqual({
          ok: true,
          amount: money(minor, currency),
        })
      },
    ),
  )
})

test('the parts of a split sum to the whole, each within one unit of its exact share', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc
        .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 })
        .filter((weights) => weights.some((weight) => weight > 0n)),
      fc.constantFrom(USD, JPY, KWD),
      (minor, weights, currency) => {
        const parts = split(money(minor, currency), weights)
        const total = weights.reduce((a, b) => a + b, 0n)
        expect(sum(parts, currency).minor).toBe(minor)
        for (const [index, part] of parts.entries()) {
          const distance = part.minor * total - minor * (weights[index] ?? 0n)
          expect(distance < total && distance > -total).toBe(true)
        }
      },
    ),
    { numRuns: SPLITS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  )
})

test('odd cents go to the first of equal parts', () => {
  expect(splitEvenly(money(100n, USD), 3).map((part) => part.minor)).toEqual([34n, 33n, 33n])
  expect(() => split(money(1n, USD), [0n])).toThrow()
  expect(() => split(money(-1n, USD), [1n])).toThrow()
})

test.each([
  [5n, 2n, 3n],
  [-5n, 2n, -3n],
  [4n, 3n, 1n],
  [-4n, 3n, -1n],
  [0n, 7n, 0n],
])('%s / %s rounds half up to %s', (numerator, denominator, rounded) => {
  expect(divideHalfUp(numerator, denominator)).toBe(rounded)
})

test('tax is taken on the sum of net lines, half up', () => {
  expect(taxOn(100_00n, 825)).toBe(825n)
  expect(taxOn(10_06n, 825)).toBe(83n)
  expect(taxOn(-10_06n, 825)).toBe(-83n)
})

test('adding and subtracting are inverse', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(subtract(add(money(a, USD), money(b, USD)), money(b, USD))).toEqual(money(a, USD))
    }),
  )
  expect(sum([], USD)).toEqual(zero(USD))
})
