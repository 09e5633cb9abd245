import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PaymentId } from '#app/books/ids.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { findPayment } from '#app/payments/overview/payment-queries.server.ts'
import { paymentJobs } from '#app/payments/payment-jobs.server.ts'
import { sweepStale, sweepUnknown } from '#app/payments/reading/sweep-stale.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
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
import { asOwner } from '#test/support/owner.ts'

const SESSIONS = { method: 'POST', path: '/v1/checkout/sessions' }

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

async function attemptOf(paymentId: PaymentId) {
  return db.paymentAttempt.findFirstOrThrow({ where: { paymentId } })
}

/** The same processor, called with another key. */
function withKey(secretKey: string) {
  const api = { host: '127.0.0.1', port: world.sandbox.port, protocol: 'http' as const }
  return createStripeProcessor({ secretKey, webhookSecrets: [], api })
}

/** Lets hours pass for an attempt. */
function age(attemptId: string, interval: string): Promise<void> {
  return asOwner(
    `UPDATE payment_attempt SET created_at = created_at - $2::interval, first_sent_at = first_sent_at - $2::interval,
       last_sent_at = last_sent_at - $2::interval WHERE id = $1`,
    [attemptId, interval],
  )
}

/** Jobs that wait for an attempt, besides the one that open_payment leaves for a crash. */
async function waitingJobs(attemptId: string): Promise<number> {
  const rows = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM graphile_worker.jobs WHERE key = ${`payments:send-attempt:${attemptId}`} AND run_at <= now()`
  return Number(rows[0]?.count ?? 0n)
}

/** A payment whose checkout was made while nobody heard the answer, nor could look for it. */
async function payInTheDark(faults: object) {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  await world.sandbox.control('POST', 'faults', { ...SESSIONS, count: 2, ...faults })
  await world.sandbox.control('POST', 'faults', {
    ...{ kind: 'status', status: 503, count: 9 },
    ...{ method: 'GET', path: SESSIONS.path },
  })
  const paid = await pay(world, buyer, cart, world.impatient)
  await world.sandbox.control('DELETE', 'faults')
  return { buyer, cart, paid }
}

test.each([
  ['a time-out', { kind: 'timeout' }],
  ['a cut connection', { kind: 'reset', count: 3 }],
  ['a 500', { kind: 'status', status: 500, stage: 'after', count: 1 }],
])(
  '%s after the work was done is unknown, blocks a second payment, and ends as one charge',
  async (_what, faults) => {
    const { buyer, cart, paid } = await payInTheDark(faults)
    expect(paid).toMatchObject({ ok: true, checkoutUrl: null })
    const attempt = await attemptOf(cart.paymentId)
    expect(attempt.state).toBe('unknown')
    expect((await findPayment(cart.paymentId, buyer.customerId))?.standing).toBe('checking')
    expect(await pay(world, buyer, await cartOf(buyer))).toMatchObject({
      ok: false,
      refusal: { code: 'AMOUNT_HELD', paymentId: cart.paymentId },
    })
    const cancel = {
      processor: world.processor,
      customerId: buyer.customerId,
      paymentId: cart.paymentId,
      personId: buyer.personId,
    }
    expect(await cancelPayment(cancel)).toMatchObject({ ok: false, refusal: { code: 'PAYMENT_UNDER_CHECK' } })

    expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
    const payment = await paymentRow(cart.paymentId)
    expect(payment.state).toBe('awaiting_customer')
    expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
    await enterCard(world, payment.stripeCheckoutSessionId ?? '')
    await deliverWebhooks(world)
    expect((await paymentRow(cart.paymentId)).state).toBe('settled')
    expect(await chargesOf(world, cart.paymentId)).toHaveLength(1)
  },
)

test('a failure that the processor keeps with the key hides nothing: its checkout is looked for at once, and paid', async () => {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  await world.sandbox.control('POST', 'faults', { ...SESSIONS, kind: 'status', status: 500, stage: 'after' })
  expect(await pay(world, buyer, cart)).toMatchObject({
    ok: true,
    checkoutUrl: expect.stringContaining('cs_'),
  })
  expect((await attemptOf(cart.paymentId)).state).toBe('answered')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
})

test.each([
  ['429', { kind: 'status', status: 429, count: 9 }],
  ['503 before the work', { kind: 'status', status: 503, count: 9 }],
  ['409', { kind: 'status', status: 409, count: 9 }],
])('%s is unknown too, and the same key makes one checkout later', async (_what, faults) => {
  const { cart } = await payInTheDark(faults)
  const attempt = await attemptOf(cart.paymentId)
  expect(attempt.state).toBe('unknown')
  expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
})

test('a key older than 23 hours is not sent again: the checkout is looked for, and found', async () => {
  const { cart, buyer } = await payInTheDark({ kind: 'timeout' })
  const attempt = await attemptOf(cart.paymentId)
  // A day passes on both sides; the processor has forgotten the key and has closed the checkout.
  await age(attempt.id, '25 hours')
  await world.sandbox.control('POST', 'clock/advance', { seconds: 25 * 3_600 })
  await paymentJobs(world.processor)['payments:send-attempt']?.(
    { attemptId: attempt.id },
    AbortSignal.timeout(5_000),
  )
  expect((await attemptOf(cart.paymentId)).state).toBe('answered')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
  expect((await paymentRow(cart.paymentId)).state).toBe('expired')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 0n })
})

test('an old write that made nothing is for a person: its money stays held and no key is sent again', async () => {
  const { cart, buyer } = await payInTheDark({ kind: 'timeout', stage: 'before' })
  const attempt = await attemptOf(cart.paymentId)
  await age(attempt.id, '24 hours')
  expect(await sendAttempt(world.processor, attempt.id)).toBe('unknown')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(0)
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 5_000n })
  expect(
    await db.exceptionCase.count({ where: { caseKey: `attempt.unknown:${attempt.id}`, resolvedAt: null } }),
  ).toBe(1)
  await sweepUnknown()
  expect(await waitingJobs(attempt.id)).toBe(0)
  // Closing the case settles nothing: the write is asked about again.
  await db.$queryRaw`SELECT resolve_exception(${`attempt.unknown:${attempt.id}`}, 'seen', now()) AS answer`
  await sweepUnknown()
  expect(await waitingJobs(attempt.id)).toBe(1)
})

test('a key that is turned away on the second try says nothing of the first: the write stays unknown', async () => {
  const { buyer, cart } = await payInTheDark({ kind: 'timeout' })
  const attempt = await attemptOf(cart.paymentId)
  expect(await sendAttempt(withKey('sk_changed'), attempt.id)).toBe('unknown')
  expect((await paymentRow(cart.paymentId)).state).toBe('created')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 5_000n })
  expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
})

test('an unknown write is asked about when its time has come, not before', async () => {
  const { cart } = await payInTheDark({ kind: 'timeout' })
  const attempt = await attemptOf(cart.paymentId)
  await sweepUnknown()
  expect(await waitingJobs(attempt.id)).toBe(0)
  await age(attempt.id, '61 seconds')
  await sweepUnknown()
  expect(await waitingJobs(attempt.id)).toBe(1)
})

test('a process that dies before the call leaves a stored write, which the sweep has sent', async () => {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  const dying = { ...world.processor, createCheckout: () => Promise.reject(new Error('killed')) }
  await expect(pay(world, buyer, cart, dying)).rejects.toThrow('killed')
  const attempt = await attemptOf(cart.paymentId)
  expect(attempt.state).toBe('sent')
  await age(attempt.id, '121 seconds')
  await sweepStale()
  expect(await waitingJobs(attempt.id)).toBe(1)
  await paymentJobs(world.processor)['payments:send-attempt']?.(
    { attemptId: attempt.id },
    AbortSignal.timeout(5_000),
  )
  expect((await paymentRow(cart.paymentId)).state).toBe('awaiting_customer')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
})

test('a process that dies after the call, before the outcome is stored, finds the same checkout again', async () => {
  const buyer = await createBuyer([5_000n])
  const cart = await cartOf(buyer)
  const dying = {
    ...world.processor,
    createCheckout: async (...call: Parameters<typeof world.processor.createCheckout>) => {
      await world.processor.createCheckout(...call)
      throw new Error('killed')
    },
  }
  await expect(pay(world, buyer, cart, dying)).rejects.toThrow('killed')
  const attempt = await attemptOf(cart.paymentId)
  expect(await sendAttempt(world.processor, attempt.id)).toBe('sent')
  await age(attempt.id, '121 seconds')
  expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
})

test('5 time-outs after the work was done: no duplicate, all resolved', async () => {
  const dark = []
  for (let n = 0; n < 5; n += 1) dark.push(await payInTheDark({ kind: 'timeout' }))
  for (const { cart } of dark) {
    const attempt = await attemptOf(cart.paymentId)
    expect(attempt.state).toBe('unknown')
    await Promise.all(
      [sendAttempt(world.processor, attempt.id), sendAttempt(world.processor, attempt.id)].map((each) =>
        each.catch(() => null),
      ),
    )
    expect((await attemptOf(cart.paymentId)).state).toBe('answered')
    expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
  }
})
