import { expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { flipBits } from '#test/support/bit-flips.ts'

test('100 single bit flips of a disclosure are each refused, and a second verifier says the same', async () => {
  const { untouched, flips } = await flipBits(100, seededRandom(20261123).unit)
  expect(untouched).toEqual({ outcome: 'verified', codes: [] })
  for (const flip of flips) {
    expect(flip.product, `bit ${flip.bit}`).toEqual(flip.second)
    expect(flip.product.outcome, `bit ${flip.bit}`).not.toBe('verified')
  }
})
