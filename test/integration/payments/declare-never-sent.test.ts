/** The lever of a person over payments that the processor knows nothing of. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeId, newId, type PaymentId } from '#app/books/ids.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { declareNeverSent } from '#app/payments/writes/declare-never-sent.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  type CardWorld,
  cartOf,
  createBuyer,
  openCardWorld,
  openCheckout,
  pay,
  paymentRow,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { signed } from '#test/support/payment-history.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

function age(paymentId: PaymentId, interval: string): Promise<void> {
  return asOwner(
    `UPDATE payment_attempt SET first_sent_at = first_sent_at - $2::interval, last_sent_at = last_sent_at - $2::interval
      WHERE payment_id = $1`,
    [paymentId, interval],
  )
}

/** A payment whose checkout was asked for and not answered; `stage` says whether the work was done. */
async function inTheDark(stage: 'before' | 'after') {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  await world.sandbox.control('POST', 'faults', {
    ...{ kind: 'timeout', method: 'POST', path: '/v1/checkout/sessions', count: 2 },
    ...(stage === 'before' && { stage }),
  })
  await pay(world, buyer, cart, world.impatient)
  await world.sandbox.control('DELETE', 'faults')
  const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: cart.paymentId } })
  return { buyer, paymentId: cart.paymentId, attemptId: attempt.id }
}

const openCases = (caseKey: string) => db.exceptionCase.count({ where: { caseKey, resolvedAt: null } })
const person = newId<'per'>()

test('a day after a write that made nothing, a person ends the payment and its amounts are free', async () => {
  const { buyer, paymentId, attemptId } = await inTheDark('before')
  await age(paymentId, '23 hours 50 minutes')
  expect(await declareNeverSent(world.processor, paymentId, person)).toMatchObject({
    refusal: { code: 'PAYMENT_TOO_YOUNG_TO_END' },
  })
  await age(paymentId, '10 minutes')
  await sendAttempt(world.processor, attemptId)
  expect(await openCases(`attempt.unknown:${attemptId}`)).toBe(1)

  expect(await declareNeverSent(world.processor, paymentId, person)).toEqual({ ok: true })
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'failed', failureCode: 'never_reached' })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 0n })
  expect(await sendAttempt(world.processor, attemptId)).toBe('declined')
  expect(await openCases(`attempt.unknown:${attemptId}`)).toBe(0)
  const audit = { action: 'payment.declared-never-sent', subjectId: paymentId, actorId: person }
  expect(await db.audit.count({ where: audit })).toBe(1)
  expect(await declareNeverSent(world.processor, paymentId, person)).toMatchObject({
    refusal: { code: 'PAYMENT_HAS_ENDED' },
  })
})

test('a checkout that was made after all stays, and so do its holds', async () => {
  const { buyer, paymentId } = await inTheDark('after')
  await age(paymentId, '24 hours')
  expect(await declareNeverSent(world.processor, paymentId, person)).toMatchObject({
    refusal: { code: 'PAYMENT_REACHED_PROVIDER' },
  })
  expect((await paymentRow(paymentId)).state).toBe('created')
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).held).toBe(5_000n)
})

test('a processor that does not answer is no ground to end anything', async () => {
  const { paymentId } = await inTheDark('before')
  await age(paymentId, '24 hours')
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    method: 'GET',
    path: '/v1/checkout/sessions',
    count: 9,
  })
  expect(await declareNeverSent(world.processor, paymentId, person)).toMatchObject({
    refusal: { code: 'PROVIDER_NOT_READ' },
  })
  expect((await paymentRow(paymentId)).state).toBe('created')
})

test('a checkout that the processor has forgotten is ended in the same way, and money that comes all the same is told', async () => {
  const buyer = await createBuyer([4_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  const forgetful: CardProcessor = {
    ...world.processor,
    readCheckout: () => Promise.resolve(null),
    findCheckout: () => Promise.resolve(null),
  }
  await syncPayment(forgetful, paymentId, 'sweep')
  expect(await openCases(`payment.checkout-strange:${paymentId}`)).toBe(1)
  await age(paymentId, '24 hours')
  expect(await declareNeverSent(world.processor, paymentId, person)).toMatchObject({
    refusal: { code: 'PAYMENT_REACHED_PROVIDER' },
  })
  expect(await declareNeverSent(forgetful, paymentId, person)).toEqual({ ok: true })
  expect((await paymentRow(paymentId)).state).toBe('failed')
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).held).toBe(0n)
  expect(await openCases(`payment.checkout-strange:${paymentId}`)).toBe(0)

  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'checkout.session.completed',
    created: 1,
    data: {
      object: { id: checkoutId, object: 'checkout.session', client_reference_id: encodeId('pay', paymentId) },
    },
  })
  await receiveWebhook(world.processor, body, signed(body))
  await processWebhook(forgetful, JSON.parse(body).id)
  expect(await openCases(`payment.reached-after-all:${paymentId}`)).toBe(1)
})
