import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amountsOfLines, amountsOfTotal } from '#app/imports/invoice-amounts.ts'

const line = fc.record({
  netMinor: fc.bigInt({ min: -50_000n, max: 5_000_000n }),
  taxRateBps: fc.constantFrom(0, 400, 825, 2_000),
})

test('Net, tax and rounding always make the total, and tax per rate the tax', () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      fc.bigInt({ min: -6n, max: 6n }),
      (lines, off) => {
        const plain = amountsOfLines(lines, {})
        if (!plain.ok) throw new Error('nothing was stated')
        expect(plain.roundingMinor).toBe(0n)
        const stated = amountsOfLines(lines, { total: plain.totalMinor + off })
        const rates = BigInt(plain.taxes.length)
        expect(stated.ok).toBe(off <= rates && -off <= rates)
        if (!stated.ok) return
        expect(stated.roundingMinor).toBe(off)
        expect(stated.netMinor + stated.taxMinor + stated.roundingMinor).toBe(stated.totalMinor)
        expect(stated.taxes.reduce((sum, { taxMinor }) => sum + BigInt(taxMinor), 0n)).toBe(stated.taxMinor)
        expect(stated.taxes.reduce((sum, { netMinor }) => sum + BigInt(netMinor), 0n)).toBe(stated.netMinor)
      },
    ),
  )
})

test('A stated tax that is off by one goes to rounding; by two for one rate it is refused', () => {
  const lines = [{ netMinor: 10_000n, taxRateBps: 825 }]
  expect(amountsOfLines(lines, { tax: 826n })).toMatchObject({
    ok: true,
    taxMinor: 825n,
    roundingMinor: 1n,
    totalMinor: 10_826n,
  })
  expect(amountsOfLines(lines, { tax: 827n })).toMatchObject({
    ok: false,
    stated: 'tax',
    computedMinor: 825n,
  })
})

test('An invoice without lines takes its parts from what the file states', () => {
  expect(amountsOfTotal(5_594n, {})).toMatchObject({
    ok: true,
    netMinor: 5_594n,
    taxMinor: 0n,
    taxRateBps: 0,
  })
  expect(amountsOfTotal(10_825n, { tax: 825n })).toMatchObject({ netMinor: 10_000n, taxRateBps: 825 })
  expect(amountsOfTotal(10_825n, { net: 10_000n })).toMatchObject({ taxMinor: 825n, taxRateBps: 825 })
  expect(amountsOfTotal(10_825n, { taxRateBps: 825 })).toMatchObject({ netMinor: 10_000n, taxMinor: 825n })
  expect(amountsOfTotal(10_826n, { net: 10_000n, tax: 825n })).toMatchObject({ ok: true, roundingMinor: 1n })
  expect(amountsOfTotal(10_827n, { net: 10_000n, tax: 825n })).toMatchObject({ ok: false, stated: 'total' })
  expect(amountsOfTotal(10_825n, { net: 10_825n, tax: 825n })).toMatchObject({ ok: false, stated: 'total' })
  expect(amountsOfTotal(10_900n, { tax: 900n, taxRateBps: 825 })).toMatchObject({ ok: false, stated: 'tax' })
})
