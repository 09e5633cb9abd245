import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, sessionParams, startSandbox, stripeFor } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess
let stripe: Stripe
let key = ''
let count = 0

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await sandbox.control('DELETE', 'faults')
  count += 1
  key = `checkout:pay_${count}:1`
})

async function sessionsWith(reference: string): Promise<number> {
  const { sessions } = await sandbox.control<{ sessions: { client_reference_id: string }[] }>('GET', 'state')
  return sessions.filter((one) => one.client_reference_id === reference).length
}

function create(reference = key, client = stripe): Promise<Stripe.Response<Stripe.Checkout.Session>> {
  return client.checkout.sessions.create(sessionParams({ client_reference_id: reference }), {
    idempotencyKey: key,
  })
}

test('the same key and request get the first answer again', async () => {
  const first = await create()
  const second = await create()
  expect(second.id).toBe(first.id)
  expect(second.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
    'idempotency-key': key,
  })
  expect(await sessionsWith(key)).toBe(1)
})

test('the same key with another request is an error', async () => {
  await create()
  await expect(create('other')).rejects.toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
})

test('fifty requests at once with one key make one session', async () => {
  const settled = await Promise.allSettled(Array.from({ length: 50 }, () => create()))
  const ids = settled.filter((one) => one.status === 'fulfilled').map((one) => one.value.id)
  expect(new Set(ids).size).toBe(1)
  expect(await sessionsWith(key)).toBe(1)
})

test('a second request while the first is under way gets 409', async () => {
  await sandbox.control('POST', 'faults', { kind: 'slow', path: '/v1/checkout/sessions', delay_ms: 800 })
  const first = create()
  await new Promise((resolve) => setTimeout(resolve, 200))
  await expect(create()).rejects.toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  expect((await create(key, stripeFor(sandbox.port, { maxNetworkRetries: 3 }))).id).toBe((await first).id)
})

test('a refused request is not remembered: corrected, it may use its key', async () => {
  const wrong = sessionParams({ client_reference_id: key, expires_at: 1 })
  await expect(stripe.checkout.sessions.create(wrong, { idempotencyKey: key })).rejects.toMatchObject({
    statusCode: 400,
  })
  expect((await create()).status).toBe('open')
})

test('a decline is remembered with its 402', async () => {
  const params = {
    amount: 5_000,
    currency: 'usd',
    payment_method: 'pm_card_visa_chargeDeclined',
    confirm: true,
  }
  const attempt = (): Promise<unknown> => stripe.paymentIntents.create(params, { idempotencyKey: key })
  const first = await attempt().catch((error: Stripe.errors.StripeCardError) => error)
  const second = await attempt().catch((error: Stripe.errors.StripeCardError) => error)
  expect(first).toMatchObject({
    statusCode: 402,
    type: 'StripeCardError',
    code: 'card_declined',
    decline_code: 'generic_decline',
  })
  const intents = [first, second].map((one) => (one as Stripe.errors.StripeCardError).payment_intent?.id)
  expect(intents[0]).toMatch(/^pi_/)
  expect(intents[1]).toBe(intents[0])
})

test('a 500 after execution is remembered, and what was done stays done', async () => {
  await sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    stage: 'after',
    path: '/v1/checkout/sessions',
  })
  await expect(create()).rejects.toMatchObject({ statusCode: 500, type: 'StripeAPIError' })
  await expect(create()).rejects.toMatchObject({ statusCode: 500 })
  expect(await sessionsWith(key)).toBe(1)
})

test('a 500 before execution is not remembered: the SDK retries and succeeds', async () => {
  await sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    count: 2,
    path: '/v1/checkout/sessions',
  })
  expect((await create(key, stripeFor(sandbox.port, { maxNetworkRetries: 2 }))).status).toBe('open')
  expect(await sessionsWith(key)).toBe(1)
})

test('a 429 surfaces unless the header asks for a retry', async () => {
  const retrying = stripeFor(sandbox.port, { maxNetworkRetries: 2 })
  await sandbox.control('POST', 'faults', { kind: 'status', status: 429 })
  await expect(create(key, retrying)).rejects.toMatchObject({ statusCode: 429, type: 'StripeRateLimitError' })
  await sandbox.control('POST', 'faults', { kind: 'status', status: 429, should_retry: true })
  expect((await create(key, retrying)).status).toBe('open')
})

test.each(['timeout', 'reset'])(
  'a %s after execution, then the same key again: one session',
  async (kind) => {
    await sandbox.control('POST', 'faults', { kind, path: '/v1/checkout/sessions' })
    const impatient = stripeFor(sandbox.port, { timeout: 400 })
    const lost = create(key, impatient)
    if (kind === 'timeout') await expect(lost).rejects.toMatchObject({ type: 'StripeConnectionError' })
    else await lost // A cut connection is repeated by the SDK itself, with the same key.
    const again = await create()
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(await sessionsWith(key)).toBe(1)
  },
)

test('a time-out while charging, then the same key again: one charge', async () => {
  const params = { amount: 7_777, currency: 'usd', payment_method: 'pm_card_visa', confirm: true }
  await sandbox.control('POST', 'faults', { kind: 'timeout', path: '/v1/payment_intents' })
  const impatient = stripeFor(sandbox.port, { timeout: 400, maxNetworkRetries: 2 })
  const intent = await impatient.paymentIntents.create(params, { idempotencyKey: key })
  expect(intent.status).toBe('succeeded')
  const { charges } = await sandbox.control<{ charges: { amount: number }[] }>('GET', 'state')
  expect(charges.filter((charge) => charge.amount === 7_777).length).toBe(1)
})

test('after 24 hours a key is forgotten', async () => {
  const first = await create()
  await sandbox.control('POST', 'clock/advance', { seconds: 86_300 })
  expect((await create()).id).toBe(first.id)
  await sandbox.control('POST', 'clock/advance', { seconds: 200 })
  expect((await create()).id).not.toBe(first.id)
})
