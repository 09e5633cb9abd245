import { expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { flipBits } from '#test/support/bit-flips.ts'

const SEED = Number(process.env.TEST_SEED ?? 7)

test('1,000 single bit flips of a disclosure are each refused, and a second verifier says the same', async () => {
  const { flips } = await flipBits(1_000, seededRandom(SEED).unit)
  const outcomes = new Map<string, number>()
  for (const flip of flips) {
    expect(flip.product, `seed ${SEED}, bit ${flip.bit}`).toEqual(flip.second)
    outcomes.set(flip.product.outcome, (outcomes.get(flip.product.outcome) ?? 0) + 1)
  }
  console.log(`bit flips, seed ${SEED}:`, Object.fromEntries(outcomes))
  expect(outcomes.get('verified') ?? 0).toBe(0)
})
