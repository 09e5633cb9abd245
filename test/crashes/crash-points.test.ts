/**
 * The process dies at any of its steps towards the outside, before a statement or request leaves or after its answer has come; the
 * jobs of another process go on from there, and the buyer sends the same form again. However it was, one charge and one effect.
 * In `npm test` a few steps of each work, spread evenly; CRASH_STEPS=all takes each one.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type Buyer,
  type CardWorld,
  cartOf,
  chargeSaved,
  chargesOf,
  checkoutsOf,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'
import type { CrashWork } from '#test/support/crash-child.ts'
import { crashAt, recover } from '#test/support/crashing.ts'
import { signed } from '#test/support/payment-history.ts'

const FEW = 5
const AMOUNT = 4_200n
const isWhole = process.env.CRASH_STEPS === 'all'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

/** The steps to die at: each, or a few that are spread evenly and take in the last. */
function chosen(total: number): number[] {
  const all = Array.from({ length: total }, (_, index) => index + 1)
  if (isWhole) return all
  return all.filter((step) => step === total || step % Math.ceil(total / FEW) === 1)
}

function formOf({ customerId, personId }: Buyer, cart: Cart) {
  const items = cart.items.map(({ invoiceId, amount }) => ({ invoiceId, amountMinor: String(amount.minor) }))
  return { customerId, personId, paymentId: cart.paymentId, items }
}

async function expectOnePayment(buyer: Buyer, cart: Cart, step: number): Promise<void> {
  expect(await paymentRow(cart.paymentId), `step ${step}`).toMatchObject({
    state: 'settled',
    receivedMinor: AMOUNT,
    unallocatedMinor: 0n,
  })
  expect(await chargesOf(world, cart.paymentId), `step ${step}`).toHaveLength(1)
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
}

const LIMIT = { timeout: 1_800_000 }

test('while a card page is being opened', LIMIT, async () => {
  const work = (buyer: Buyer, cart: Cart): CrashWork => ({
    kind: 'checkout',
    port: world.sandbox.port,
    form: formOf(buyer, cart),
  })
  const calm = await createBuyer([AMOUNT])
  const total = await crashAt(0, work(calm, await cartOf(calm)))
  expect(total).toBeGreaterThan(10)
  for (const step of chosen(total)) {
    const buyer = await createBuyer([AMOUNT])
    const cart = await cartOf(buyer)
    await crashAt(step, work(buyer, cart))
    await recover(world, cart.paymentId)
    expect(await pay(world, buyer, cart), `step ${step}`).toMatchObject({ ok: true })
    await recover(world, cart.paymentId)
    const { stripeCheckoutSessionId } = await paymentRow(cart.paymentId)
    expect(await checkoutsOf(world, cart.paymentId), `step ${step}`).toBe(1)
    await enterCard(world, stripeCheckoutSessionId ?? '')
    await settleDown(world, cart.paymentId)
    await expectOnePayment(buyer, cart, step)
  }
})

test('while a saved card is being charged', LIMIT, async () => {
  const prepare = async () => {
    const buyer = await createBuyer([AMOUNT])
    const methodId = await saveMethod(world, buyer, { card: '4242424242424242' })
    if (methodId === null) throw new Error('nothing was saved')
    const cart = await cartOf(buyer)
    const work: CrashWork = {
      ...{ kind: 'charge', port: world.sandbox.port, form: formOf(buyer, cart), methodId },
    }
    return { buyer, methodId, cart, work }
  }
  const total = await crashAt(0, (await prepare()).work)
  for (const step of chosen(total)) {
    const { buyer, methodId, cart, work } = await prepare()
    await crashAt(step, work)
    await recover(world, cart.paymentId)
    await chargeSaved(world, buyer, methodId, { cart })
    await recover(world, cart.paymentId)
    await settleDown(world, cart.paymentId)
    await expectOnePayment(buyer, cart, step)
  }
})

test('while the news of a payment is taken in and booked', LIMIT, async () => {
  const prepare = async () => {
    const buyer = await createBuyer([AMOUNT])
    const cart = await cartOf(buyer)
    const before = new Set((await allEvents(world)).map(({ eventId }) => eventId))
    const { checkoutId } = await openCheckout(world, buyer, cart)
    await enterCard(world, checkoutId)
    const event = (await allEvents(world)).find(
      ({ eventId, type }) => !before.has(eventId) && type === 'payment_intent.succeeded',
    )
    if (event === undefined) throw new Error('there is no news')
    const { payload } = event
    const work: CrashWork = {
      ...{ kind: 'webhook', port: world.sandbox.port, body: payload, signature: signed(payload) },
    }
    return { buyer, cart, work }
  }
  const total = await crashAt(0, (await prepare()).work)
  for (const step of chosen(total)) {
    const { buyer, cart, work } = await prepare()
    await crashAt(step, work)
    await recover(world, cart.paymentId)
    await settleDown(world, cart.paymentId)
    await expectOnePayment(buyer, cart, step)
  }
})
