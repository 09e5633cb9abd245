import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DiscountTerm, discountOffer, earnedDiscount, termFor } from '#app/payments/cart/discount.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const day = parseBusinessDate
const TERM: DiscountTerm = {
  customerId: null,
  rateBps: 200,
  days: 10,
  basis: 'settled',
  excludesTax: true,
  onPartials: false,
  validFrom: day('2026-01-01'),
  validTo: null,
}
const invoice = (over: Partial<Parameters<typeof discountOffer>[1]> = {}) => ({
  issuedOn: day('2026-03-01'),
  totalMinor: 109_000n,
  taxMinor: 9_000n,
  openMinor: 109_000n,
  payableMinor: 109_000n,
  ...over,
})

test.each([
  ['on the last day', '2026-03-11', 2_000n],
  ['a day later', '2026-03-12', undefined],
  ['on the day of issue', '2026-03-01', 2_000n],
])('the discount %s', (_when, today, saving) => {
  const offer = discountOffer(TERM, invoice(), day(today))
  expect(offer?.savingMinor).toBe(saving)
  if (offer) expect(offer.until).toBe('2026-03-11')
})

test('tax counts only where the terms say so, and half a cent is rounded up', () => {
  const withTax = discountOffer({ ...TERM, excludesTax: false }, invoice(), day('2026-03-01'))
  expect(withTax?.savingMinor).toBe(2_180n)
  const half = discountOffer(
    { ...TERM, rateBps: 250 },
    invoice({ totalMinor: 1_020n, taxMinor: 0n, openMinor: 1_020n, payableMinor: 1_020n }),
    day('2026-03-01'),
  )
  expect(half?.savingMinor).toBe(26n)
})

test('what is left of an invoice earns its share; money held elsewhere makes the rest a part', () => {
  const left = { openMinor: 54_500n, payableMinor: 54_500n }
  expect(discountOffer(TERM, invoice(left), day('2026-03-01'))?.savingMinor).toBe(1_000n)
  const held = { openMinor: 109_000n, payableMinor: 54_500n }
  expect(discountOffer(TERM, invoice(held), day('2026-03-01'))).toBeNull()
  expect(discountOffer({ ...TERM, onPartials: true }, invoice(held), day('2026-03-01'))?.savingMinor).toBe(
    1_000n,
  )
})

test('a customer’s own terms win over everybody’s, the newest win, and terms hold by the day of issue', () => {
  const own = { ...TERM, customerId: 'ours', rateBps: 300 }
  const newer = { ...TERM, rateBps: 100, validFrom: day('2026-02-01') }
  const ended = { ...TERM, customerId: 'ours', rateBps: 900, validTo: day('2026-02-28') }
  const all = [TERM, own, newer, ended, { ...TERM, customerId: 'theirs', rateBps: 800 }]
  expect(termFor(all, 'ours', day('2026-03-01'))?.rateBps).toBe(300)
  expect(termFor(all, 'nobody', day('2026-03-01'))?.rateBps).toBe(100)
  expect(termFor(all, 'nobody', day('2026-01-31'))?.rateBps).toBe(200)
  expect(termFor([ended], 'ours', day('2026-03-01'))).toBeNull()
  expect(termFor(all, 'ours', day('2025-12-31'))).toBeNull()
})

test('a part earns nothing, or its share where the terms grant it', () => {
  const whole = discountOffer(TERM, invoice(), day('2026-03-01'))
  const parts = discountOffer({ ...TERM, onPartials: true }, invoice(), day('2026-03-01'))
  if (whole === null || parts === null) throw new Error('no offer')
  expect([106_999n, 107_000n, 108_000n, 109_000n].map((each) => earnedDiscount(whole, each))).toEqual([
    0n,
    2_000n,
    1_000n,
    0n,
  ])
  expect([53_500n, 107_000n].map((each) => earnedDiscount(parts, each))).toEqual([1_000n, 2_000n])
})

test('an amount and its discount never exceed what is payable, whatever the terms', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, 10n ** 12n),
      fc.bigInt(0n, 10n ** 12n),
      fc.integer({ min: 1, max: 10_000 }),
      fc.boolean(),
      (totalMinor, amount, rateBps, onPartials) => {
        const terms = { ...TERM, rateBps, onPartials, excludesTax: false }
        const facts = invoice({ totalMinor, taxMinor: 0n, openMinor: totalMinor, payableMinor: totalMinor })
        const offer = discountOffer(terms, facts, day('2026-03-01'))
        if (offer === null) return
        const earned = earnedDiscount(offer, amount)
        expect(earned >= 0n).toBe(true)
        if (amount <= totalMinor) expect(amount + earned <= totalMinor).toBe(true)
        expect(earned <= offer.savingMinor + 1n).toBe(true)
      },
    ),
  )
})
