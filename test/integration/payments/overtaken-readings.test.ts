import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { storeEvent } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type CardWorld,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { intentReading } from '#test/support/readings.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

/** A processor whose first reading is asked for at once and answered when `answer` is called. */
function answeringLate(processor: CardProcessor): {
  processor: CardProcessor
  asked: Promise<void>
  answer: () => void
} {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  return {
    asked: asked.promise,
    answer: answered.resolve,
    processor: {
      ...processor,
      readCheckout: async (id) => {
        asked.resolve()
        await answered.promise
        return processor.readCheckout(id)
      },
    },
  }
}

test('a reading that began first and was answered last brings the money, though another was booked meanwhile', async () => {
  const { paymentId, checkoutId } = await openCheckout(world, await createBuyer([4_200n]))
  const late = answeringLate(world.processor)
  const first = syncPayment(late.processor, paymentId, 'provider')
  await late.asked
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await syncPayment(world.processor, paymentId, 'request')).toBe('awaiting_customer')

  await enterCard(world, checkoutId)
  late.answer()
  expect(await first).toBe('settled')
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', receivedMinor: 4_200n })
})

test('a reading that was overtaken does not say where the buyer stands', async () => {
  const { paymentId, checkoutId } = await openCheckout(world, await createBuyer([1_100n]))
  const late = answeringLate(world.processor)
  const first = syncPayment(late.processor, paymentId, 'provider')
  await late.asked
  await new Promise((resolve) => setTimeout(resolve, 10))
  await syncPayment(world.processor, paymentId, 'request')
  const { syncedAt } = await paymentRow(paymentId)

  await enterCard(world, checkoutId, { card: '4000000000003220' })
  late.answer()
  expect(await first).toBe('awaiting_customer')
  expect((await paymentRow(paymentId)).syncedAt).toEqual(syncedAt)
  expect(await syncPayment(world.processor, paymentId, 'request')).toBe('requires_action')
})

/** A processor that shows every checkout as the bank works on it, without an answer so far. */
function stillProcessing(processor: CardProcessor): CardProcessor {
  const intent = intentReading({ intentId: 'pi_processing', status: 'processing' })
  return {
    ...processor,
    readCheckout: async (id) => {
      const reading = await processor.readCheckout(id)
      return reading && { ...reading, intent }
    },
  }
}

test('an overtaken reading does not put a payment on its way', async () => {
  const { paymentId } = await openCheckout(world, await createBuyer([1_200n]))
  const late = answeringLate(stillProcessing(world.processor))
  const first = syncPayment(late.processor, paymentId, 'provider')
  await late.asked
  await new Promise((resolve) => setTimeout(resolve, 10))
  await syncPayment(world.processor, paymentId, 'request')
  late.answer()
  expect(await first).toBe('awaiting_customer')
})

test('a payment that was on its way once is free again when its checkout has expired', async () => {
  const buyer = await createBuyer([1_300n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  expect(await syncPayment(stillProcessing(world.processor), paymentId, 'provider')).toBe('processing')
  await world.sandbox.stripe.checkout.sessions.expire(checkoutId)
  expect(await syncPayment(world.processor, paymentId, 'sweep')).toBe('expired')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 1_300n, held: 0n })
})

test('an end that the books refuse is for a person', async () => {
  const { paymentId, checkoutId } = await openCheckout(world, await createBuyer([1_400n]))
  await world.sandbox.stripe.checkout.sessions.expire(checkoutId)
  await asOwner('ALTER FUNCTION payment_may_move RENAME TO payment_may_move_kept')
  await asOwner(
    `CREATE FUNCTION payment_may_move(payment_state, payment_state) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
  )
  expect(await syncPayment(world.processor, paymentId, 'sweep')).toBe('awaiting_customer')
  await asOwner('DROP FUNCTION payment_may_move')
  await asOwner('ALTER FUNCTION payment_may_move_kept RENAME TO payment_may_move')
  const caseKey = `payment.end-refused:${paymentId}`
  expect(await db.exceptionCase.count({ where: { caseKey, resolvedAt: null } })).toBe(1)
})

test('one reading serves all events that came before it, and the next event is read again', async () => {
  const { paymentId, checkoutId } = await openCheckout(world, await createBuyer([2_600n]))
  const before = new Set((await allEvents(world)).map((each) => each.eventId))
  await enterCard(world, checkoutId)
  const events = (await allEvents(world)).filter((each) => !before.has(each.eventId))
  expect(events.length).toBeGreaterThanOrEqual(3)
  const [last, ...others] = events.toReversed()
  for (const event of others) await storeEvent(event)
  let readings = 0
  const counting: CardProcessor = {
    ...world.processor,
    readCheckout: (id) => {
      readings += 1
      return world.processor.readCheckout(id)
    },
  }
  await new Promise((resolve) => setTimeout(resolve, 10))
  for (const event of others) await processWebhook(counting, event.eventId)
  expect(readings).toBe(1)
  expect((await paymentRow(paymentId)).state).toBe('settled')
  await new Promise((resolve) => setTimeout(resolve, 10))
  if (last === undefined || !(await storeEvent(last))) throw new Error('the last event was known')
  await processWebhook(counting, last.eventId)
  expect(readings).toBe(2)
  const inbox = await db.webhookInbox.findMany({ where: { id: { in: events.map((each) => each.eventId) } } })
  expect(inbox.map((each) => each.outcome)).toEqual(events.map(() => 'synced'))
})
