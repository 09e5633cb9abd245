import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { type CardWorld, openCardWorld } from '#test/support/card-world.ts'
import { bringAll, endState, makeHistory, shuffled } from '#test/support/payment-history.ts'

const EVENTS = 500
const COPIES = 3
/** So many payments, in turn of five kinds, have a little over 500 events. */
const PAYMENTS = 125
const ORDERS = 20
const FIRST_SEED = Number(process.env.TEST_SEED ?? 1)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

test('500 webhooks, three copies each, in 20 random orders end in the same balances, allocations and events', async () => {
  let expected: string[] | null = null
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ORDERS; seed += 1) {
    const { buyers, events } = await makeHistory(world, PAYMENTS)
    const types = new Set(events.map((each) => each.type))
    expect(events.length).toBeGreaterThanOrEqual(EVENTS)
    expect(types.size).toBeGreaterThanOrEqual(5)
    const copies = Array.from({ length: COPIES }, () => events).flat()
    await bringAll(world, shuffled(copies, seededRandom(seed)))
    const found = await endState(buyers)
    expected ??= found
    expect(found, `seed ${seed}`).toEqual(expected)
    console.log(
      `webhook orders, seed ${seed}: ${events.length} events of ${types.size} types × ${COPIES}, same end`,
    )
  }
})
