import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { syncPayment } from '#app/payments/sync-payment.server.ts'
import {
  type CardWorld,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'

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
