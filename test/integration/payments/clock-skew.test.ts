/**
 * The product's clock (the database's, plus its offset) and the clock of the process run apart from each other and from the
 * processor's: nothing settles early or late, nothing is done twice, no timer frees what is held, and once the clocks are right
 * everything is as if they had never been wrong. In `npm test` a few pairs of clocks; SKEWS=all tries every pair.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { PaymentId } from '#app/books/ids.ts'
import { catchUpEvents } from '#app/payments/webhooks/catch-up-events.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { businessDateIn } from '#app/platform/time.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type Buyer,
  type CardWorld,
  cartOf,
  chargesOf,
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
import { signed } from '#test/support/payment-history.ts'
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

const ZONE = 'America/New_York'
/** A signature as old as this, by the clock of the process, is not taken. */
const OLDEST_SIGNATURE_MS = 300_000
const isWhole = process.env.SKEWS === 'all'

const pairs = SHIFTS_MS.flatMap((product) => SHIFTS_MS.map((node) => ({ product, node })))
const chosen = pairs.filter(({ product, node }) => isWhole || (product !== 0 && product === -node))

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))
afterEach(() => setClocks(0, 0))

test.each(chosen)(
  'the product’s clock is wrong by $product ms and the process’s by $node ms',
  { timeout: 60_000 },
  async ({ product, node }) => {
    const known = await knownEvents(world)
    const paying = await createBuyer([4_000n])
    const leaving = await createBuyer([3_000n])
    const debiting = await createBuyer([2_000n])
    const unheard = await createBuyer([1_000n])
    setClocks(product, node)

    const paid = await openCheckout(world, paying)
    const left = await openCheckout(world, leaving)
    const debit = await openCheckout(world, debiting)
    await enterCard(world, paid.checkoutId)
    await enterCard(world, debit.checkoutId, { bank_account: '000123456789' })
    const lost = await cartOf(unheard)
    await world.sandbox.control('POST', 'faults', {
      ...{ kind: 'reset', count: 2, method: 'POST', path: '/v1/checkout/sessions' },
    })
    await pay(world, unheard, lost)
    await world.sandbox.control('DELETE', 'faults')

    // A signature is as old as the process thinks: one whose host is minutes ahead takes nothing at the door, and asks instead.
    const isTaken = node < OLDEST_SIGNATURE_MS
    expect(await bringNews(world, known)).toEqual(new Set([isTaken ? 'stored' : 'forged']))
    await catchUpEvents(world.processor)
    await runJobsOnce(world.processor)
    expect(await standOf(world, paid.paymentId)).toEqual({ state: 'settled', received: 4_000n, charges: 1 })
    const charge = await chargedAt(paid.paymentId)
    const today = businessDateIn(ZONE, new Date(rightSeconds() * 1000 + product))
    const day = businessDateIn(ZONE, charge)
    expect(await settledOn(paid.paymentId)).toBe(day < today ? day : today)

    for (let round = 0; round < 3; round += 1) await sweepAll(world)
    await expectHeld(leaving, 'awaiting_customer', left.paymentId)
    await expectHeld(debiting, 'processing', debit.paymentId)
    expect((await paymentRow(debit.paymentId)).receivedMinor).toBe(0n)

    setClocks(0, 0)
    for (let round = 0; round < 2; round += 1) await sweepAll(world)
    const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: lost.paymentId } })
    if (attempt.state !== 'answered') await sendAttempt(world.processor, attempt.id)
    expect((await paymentRow(lost.paymentId)).state).toBe('awaiting_customer')
    expect(await checkoutsOf(world, lost.paymentId)).toBe(1)
    await expectHeld(leaving, 'awaiting_customer', left.paymentId)
    await enterCard(world, left.checkoutId)
    await settleDown(world, left.paymentId)
    expect(await standOf(world, left.paymentId)).toEqual({ state: 'settled', received: 3_000n, charges: 1 })
    expect(await breaches()).toEqual([])
  },
)

async function expectHeld(buyer: Buyer, state: string, paymentId: PaymentId): Promise<void> {
  const { open, held } = await openAndHeld(buyer.invoiceIds[0] ?? '')
  expect({ state: (await paymentRow(paymentId)).state, held }).toEqual({ state, held: open })
  expect(held).toBeGreaterThan(0n)
}

/** When the processor says that the card was charged. */
async function chargedAt(paymentId: PaymentId): Promise<Date> {
  const [charge] = await chargesOf(world, paymentId)
  return (await world.processor.readCharge(charge?.id ?? ''))?.createdAt ?? new Date(0)
}

test.each([
  { what: 'stamped now', ageSeconds: 0, how: 'stored' },
  { what: 'stamped 290 seconds ago', ageSeconds: 290, how: 'stored' },
  { what: 'stamped 302 seconds ago', ageSeconds: 302, how: 'forged' },
])('whatever day the product shows, an event $what is $how', async ({ ageSeconds, how }) => {
  const { checkoutId } = await openCheckout(world, await createBuyer([700n]))
  await enterCard(world, checkoutId)
  for (const product of [SHIFTS_MS.at(-1) ?? 0, SHIFTS_MS[0] ?? 0]) {
    shift.ms = product
    const event = (await allEvents(world)).findLast(
      (each) => each.checkoutId === checkoutId && each.type === 'checkout.session.completed',
    )
    const payload = (event?.payload ?? '').replaceAll(
      event?.eventId ?? 'none',
      `evt_${product}_${ageSeconds}`,
    )
    const timestamp = rightSeconds() - ageSeconds
    expect(await receiveWebhook(world.processor, payload, signed(payload, { timestamp }))).toBe(how)
  }
})
