/**
 * Whatever happens at the processor, its news may come late, doubled, in any order and between any two steps: the books end alike.
 * TEST_SEED and FLOW_SEEDS choose which orders, and how many of each flow.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import type { ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type CardWorld,
  createBuyer,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'
import { FLOW_AMOUNT, PAYMENT_FLOWS, type PaymentFlow } from '#test/support/payment-flows.ts'
import { bringAll, shuffled } from '#test/support/payment-history.ts'

const SEEDS = Number(process.env.FLOW_SEEDS ?? 2)
const FIRST_SEED = Number(process.env.TEST_SEED ?? 1)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

/** Runs a flow; between its steps some of its events come, some twice, the rest at the end, all in an order of the seed. */
async function run(flow: PaymentFlow, random: Random): Promise<string[]> {
  const known = new Set((await allEvents(world)).map((each) => each.eventId))
  const buyer = await createBuyer([FLOW_AMOUNT])
  const scene = await openCheckout(world, buyer)
  const held: ProcessorEvent[] = []
  const news = async (): Promise<ProcessorEvent[]> => {
    const fresh = (await allEvents(world)).filter((each) => !known.has(each.eventId))
    for (const each of fresh) known.add(each.eventId)
    return fresh
  }
  for (const step of flow.steps) {
    await step(world, scene)
    held.push(...(await news()))
    const now = shuffled(held, random).filter(() => random.unit() < 0.4)
    await bringAll(
      world,
      [...now, ...now.filter(() => random.unit() < 0.5)],
      1 + Math.floor(random.unit() * 4),
    )
  }
  // Copies of what came before come again as well: the inbox knows them.
  await bringAll(world, shuffled([...held, ...held], random), 4)
  const { state, reversedMinor } = await paymentRow(scene.paymentId)
  const { open, held: reserved } = await openAndHeld(buyer.invoiceIds[0] ?? '')
  return [state, `back ${reversedMinor}`, `open ${open}`, `held ${reserved}`]
}

test.each(PAYMENT_FLOWS)('$name: in any order of its news', { timeout: 600_000 }, async (flow) => {
  const expected = [flow.state, `back ${flow.reversedMinor}`, `open ${flow.openMinor}`, 'held 0']
  const seeds = fc.sample(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { seed: FIRST_SEED, numRuns: SEEDS })
  for (const seed of seeds) expect(await run(flow, seededRandom(seed)), `seed ${seed}`).toEqual(expected)
})

test('and every rule of the books holds after all of it', async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})
