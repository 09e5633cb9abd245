import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  type CardWorld,
  cartOf,
  chargesOf,
  checkoutsOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  pay,
  paymentRow,
} from '#test/support/card-world.ts'

const COUNT = 100

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

test('100 time-outs after the work was done: no duplicate, all resolved, each one charge', async () => {
  const payments = []
  for (let n = 0; n < COUNT; n += 1) {
    const buyer = await createBuyer([5_000n])
    const cart = await cartOf(buyer)
    await world.sandbox.control('POST', 'faults', {
      kind: 'timeout',
      count: 2,
      method: 'POST',
      path: '/v1/checkout/sessions',
    })
    await pay(world, buyer, cart, world.impatient)
    await world.sandbox.control('DELETE', 'faults')
    const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: cart.paymentId } })
    expect(attempt.state).toBe('unknown')
    expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
    await enterCard(world, (await paymentRow(cart.paymentId)).stripeCheckoutSessionId ?? '')
    payments.push(cart.paymentId)
  }
  await deliverWebhooks(world)
  for (const paymentId of payments) {
    expect((await paymentRow(paymentId)).state).toBe('settled')
    expect(await checkoutsOf(world, paymentId)).toBe(1)
    expect(await chargesOf(world, paymentId)).toHaveLength(1)
  }
  console.log(`time-outs after success: ${COUNT}, duplicates 0, unresolved 0`)
})
