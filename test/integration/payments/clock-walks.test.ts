/**
 * Payments while the clocks of the product and of the process jump about by minutes and days, and payments in the nights on which
 * New York's clocks change. WALKS raises the number of walks, TEST_SEED replays one.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { PaymentId } from '#app/books/ids.ts'
import { catchUpEvents } from '#app/payments/webhooks/catch-up-events.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  type Buyer,
  type CardWorld,
  cartOf,
  checkoutsOf,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
  paymentRow,
  settleDown,
} from '#test/support/card-world.ts'
import { breaches } from '#test/support/money-back.ts'
import { rightSeconds, shift } from '#test/support/shifted-clock.ts'
import {
  bringNews,
  knownEvents,
  runJobsOnce,
  SHIFTS_MS,
  setClocks,
  settledOn,
  standOf,
  sweepAll,
} from '#test/support/wrong-clocks.ts'

vi.mock('#app/platform/clock.server.ts', async (importOriginal) =>
  (await import('#test/support/shifted-clock.ts')).shiftedClock(await importOriginal()),
)

const WALKS = Number(process.env.WALKS ?? 1)
const STEPS = 24
const FIRST_SEED = Number(process.env.TEST_SEED ?? 20_261_123)

type Walked = { buyer: Buyer; paymentId: PaymentId; mayBePaid: boolean }

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))
afterEach(() => setClocks(0, 0))

const seeds = Array.from({ length: WALKS }, (_, walk) => FIRST_SEED + walk)
test.each(seeds)('payments while both clocks jump about, seed %i', { timeout: 300_000 }, async (seed) => {
  const random = seededRandom(seed)
  const known = await knownEvents(world)
  const payments: Walked[] = []
  for (let step = 0; step < STEPS; step += 1) {
    setClocks(random.pick(SHIFTS_MS), random.pick(SHIFTS_MS))
    await takeStep(random, payments, known)
  }
  setClocks(0, 0)
  for (let round = 0; round < 3; round += 1) await sweepAll(world)
  await catchUpEvents(world.processor)
  await runJobsOnce(world.processor)
  for (const { paymentId, buyer } of payments) {
    for (const { id } of await db.paymentAttempt.findMany({
      where: { paymentId, state: { in: ['sent', 'unknown'] } },
    }))
      await sendAttempt(world.processor, id)
    await settleDown(world, paymentId)
    const { state, received, charges } = await standOf(world, paymentId)
    const { open, held } = await openAndHeld(buyer.invoiceIds[0] ?? '')
    const checkouts = await checkoutsOf(world, paymentId)
    expect(charges, `seed ${seed}`).toBeLessThanOrEqual(1)
    expect(checkouts, `seed ${seed}`).toBeLessThanOrEqual(1)
    const unpaid = { received: 0n, open: 5_000n, held: 5_000n }
    expect({ state, received, open, held }, `seed ${seed}`).toEqual(
      charges === 1
        ? { state: 'settled', received: 5_000n, open: 0n, held: 0n }
        : { state: checkouts === 1 ? 'awaiting_customer' : 'created', ...unpaid },
    )
    // A key whose age cannot be told is not sent again: what it has not made is for a person.
    const cases = await db.exceptionCase.count({ where: { kind: 'attempt.unknown', subjectId: paymentId } })
    if (checkouts === 0) expect(cases, `seed ${seed}`).toBe(1)
  }
  expect(await breaches(), `seed ${seed}`).toEqual([])
})

/** One thing that happens while the clocks are wrong: a payment begins, perhaps unheard; a card is entered; news comes; jobs run. */
async function takeStep(random: Random, payments: Walked[], known: Set<string>): Promise<void> {
  switch (random.between(0, 4)) {
    case 0: {
      const buyer = await createBuyer([5_000n])
      const cart = await cartOf(buyer)
      const isHeard = random.unit() < 0.6
      if (!isHeard)
        await world.sandbox.control('POST', 'faults', {
          ...{ kind: 'reset', count: 2, method: 'POST', path: '/v1/checkout/sessions' },
          stage: random.pick(['before', 'after']),
        })
      await pay(world, buyer, cart)
      await world.sandbox.control('DELETE', 'faults')
      payments.push({ buyer, paymentId: cart.paymentId, mayBePaid: true })
      return
    }
    case 1: {
      const waiting = payments.filter(({ mayBePaid }) => mayBePaid)
      if (waiting.length === 0) return
      const chosenOne = random.pick(waiting)
      const { stripeCheckoutSessionId } = await paymentRow(chosenOne.paymentId)
      if (stripeCheckoutSessionId === null) return
      chosenOne.mayBePaid = false
      await enterCard(world, stripeCheckoutSessionId)
      return
    }
    case 2:
      await bringNews(world, known)
      return
    case 3:
      await sweepAll(world)
      return
    default:
      await catchUpEvents(world.processor)
      await runJobsOnce(world.processor)
  }
}

/** The nights on which New York's clocks change, and the nights after: local midnight is an hour earlier or later in UTC. */
test.each([
  ['before they go forward', '2027-03-14T04:30:00Z', '2027-03-13'],
  ['after they went forward', '2027-03-15T04:30:00Z', '2027-03-15'],
  ['before they go back', '2027-11-07T03:30:00Z', '2027-11-06'],
  ['after they went back', '2027-11-08T04:30:00Z', '2027-11-07'],
])('a payment in the night %s counts on its day in New York', { timeout: 60_000 }, async (_what, at, day) => {
  const ahead = Date.parse(at) - rightSeconds() * 1000
  const { now } = await world.sandbox.control<{ now: number }>('GET', 'state')
  await world.sandbox.control('POST', 'clock/advance', { seconds: Math.floor(Date.parse(at) / 1000) - now })
  shift.ms = ahead
  const buyer = await createBuyer([900n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  await settleDown(world, paymentId)
  expect(await standOf(world, paymentId)).toEqual({ state: 'settled', received: 900n, charges: 1 })
  expect(await settledOn(paymentId)).toBe(day)
})
