/** News that comes before the answer to the call it is about, news that comes days late, and news that is as long as it may be. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { sweepSetups } from '#app/payments/methods/sweep-setups.server.ts'
import { sweepStale, sweepUnknown } from '#app/payments/reading/sweep-stale.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { businessDateIn } from '#app/platform/time.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type CardWorld,
  cartOf,
  chargeSaved,
  chargesOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'
import { breaches } from '#test/support/money-back.ts'
import { signed } from '#test/support/payment-history.ts'
import { eventually } from '#test/support/sandbox.ts'
import { shift } from '#test/support/shifted-clock.ts'
import { settledOn } from '#test/support/wrong-clocks.ts'

vi.mock('#app/platform/clock.server.ts', async (importOriginal) =>
  (await import('#test/support/shifted-clock.ts')).shiftedClock(await importOriginal()),
)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
afterEach(async () => {
  shift.days = 0
  await world.sandbox.control('DELETE', 'faults')
  expect(await breaches()).toEqual([])
})

test('an event that comes before the call it is about is answered is taken in, and the answer books the money once', {
  timeout: 60_000,
}, async () => {
  const buyer = await createBuyer([5_000n])
  const methodId = await saveMethod(world, buyer, { card: '4242424242424242' })
  if (methodId === null) throw new Error('nothing was saved')
  const cart = await cartOf(buyer)
  // The charge is made and its answer does not come: the call goes on waiting and asks again in the end.
  const fault = { kind: 'timeout', count: 1, method: 'POST', path: '/v1/payment_intents' }
  await world.sandbox.control('POST', 'faults', fault)
  let isAnswered = false
  const charging = chargeSaved(world, buyer, methodId, { cart }).finally(() => {
    isAnswered = true
  })
  await eventually(async () => (await chargesOf(world, cart.paymentId)).length === 1 || null)
  await deliverWebhooks(world)
  expect(isAnswered).toBe(false)
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 5_000n })
  await charging
  expect((await paymentRow(cart.paymentId)).state).toBe('settled')
  await settleDown(world, cart.paymentId)
  expect(await chargesOf(world, cart.paymentId)).toHaveLength(1)
  expect(await db.journal.count({ where: { recordId: cart.paymentId, kind: 'payment.settled' } })).toBe(1)
  const { state } = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: cart.paymentId } })
  expect(state).toBe('answered')
})

test('an event that comes three days late is booked on the day of its charge; until then nothing is freed', async () => {
  const { timeZone } = await db.supplier.findFirstOrThrow()
  const buyer = await createBuyer([4_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const charge = await world.processor.readCharge((await chargesOf(world, paymentId))[0]?.id ?? '')
  for (shift.days = 1; shift.days < 3; shift.days += 1) {
    // The jobs that these add would read the payment; here nobody does them.
    await sweepStale()
    await sweepUnknown()
    await sweepSetups(world.processor)
    expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 4_000n, held: 4_000n })
  }
  const event = (await allEvents(world)).find(
    (each) => each.checkoutId === checkoutId && each.type === 'checkout.session.completed',
  )
  if (event === undefined) throw new Error('there is no news')
  // The processor signs anew whatever it sends again.
  expect(await receiveWebhook(world.processor, event.payload, signed(event.payload))).toBe('stored')
  await processWebhook(world.processor, event.eventId)
  expect((await paymentRow(paymentId)).state).toBe('settled')
  expect(await settledOn(paymentId)).toBe(businessDateIn(timeZone, charge?.createdAt ?? new Date(0)))
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
})

test('an event of nearly a megabyte is taken in when it is genuine and leaves no trace when it is not', async () => {
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'charge.updated',
    created: 1,
    data: { object: { id: 'ch_long', object: 'charge', description: 'x'.repeat(990_000) } },
  })
  const before = await db.webhookInbox.count()
  const forged = await receiveWebhook(world.processor, body, signed(body, { secret: 'whsec_other' }))
  expect([forged, await db.webhookInbox.count()]).toEqual(['forged', before])
  expect(await receiveWebhook(world.processor, body, signed(body))).toBe('stored')
  await processWebhook(world.processor, JSON.parse(body).id)
  const { processedAt } = await db.webhookInbox.findUniqueOrThrow({ where: { id: JSON.parse(body).id } })
  expect(processedAt).not.toBeNull()
})
