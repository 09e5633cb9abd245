import Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually, type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

const SECRET = 'whsec_test_secret'
let receiver: WebhookReceiver
let sandbox: SandboxProcess

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  sandbox = await startSandbox({ webhook: { url: receiver.url, secret: SECRET } })
})
afterAll(async () => {
  await sandbox.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await sandbox.control('POST', 'reset')
  receiver.answerWith(() => 200)
  receiver.received.length = 0
})

async function pay(): Promise<string> {
  const session = await sandbox.stripe.checkout.sessions.create(sessionParams())
  await sandbox.control('POST', `sessions/${session.id}/pay`, {})
  return session.id
}

function ofType(type: string): Received[] {
  return receiver.received.filter((one) => one.event.type === type)
}

function arrived(type: string, count = 1): Promise<Received[]> {
  return eventually(() => (ofType(type).length >= count ? ofType(type) : null))
}

function verify({ body, signature }: Pick<Received, 'body' | 'signature'>, secret = SECRET): Stripe.Event {
  return sandbox.stripe.webhooks.constructEvent(body, signature, secret)
}

async function idle(): Promise<void> {
  await eventually(async () => {
    const { pending_webhooks } = await sandbox.control<{ pending_webhooks: number }>('GET', 'state')
    return pending_webhooks === 0 || null
  })
}

test('every event of a payment arrives and passes the SDK verification', async () => {
  const id = await pay()
  await arrived('charge.updated')
  await idle()
  const types = receiver.received.map((one) => verify(one).type).sort()
  expect(types).toEqual([
    'charge.succeeded',
    'charge.updated',
    'checkout.session.completed',
    'payment_intent.created',
    'payment_intent.succeeded',
  ])
  const [completed] = ofType('checkout.session.completed')
  expect(completed?.event).toMatchObject({
    api_version: Stripe.API_VERSION,
    data: { object: { id, status: 'complete', payment_status: 'paid' } },
    pending_webhooks: 1,
  })
  const read = await sandbox.stripe.events.retrieve(completed?.event.id ?? '')
  expect(read.pending_webhooks).toBe(0)
})

test('a changed body, another secret and white space are each noticed', async () => {
  await pay()
  const [delivery] = await arrived('checkout.session.completed')
  if (!delivery) throw new Error('No delivery')
  expect(() => verify({ ...delivery, body: delivery.body.replace('"paid"', '"unpaid"') })).toThrow(
    /signature/i,
  )
  expect(() => verify({ ...delivery, body: JSON.stringify(JSON.parse(delivery.body)) })).toThrow(/signature/i)
  expect(() => verify(delivery, 'whsec_other')).toThrow(/signature/i)
})

test('planned bad signatures and old time stamps fail, and the next try is good', async () => {
  await sandbox.control('POST', 'faults', { kind: 'bad_signature', type: 'payment_intent.created' })
  await sandbox.control('POST', 'faults', { kind: 'stale_timestamp', type: 'charge.succeeded' })
  receiver.answerWith((delivery) => {
    try {
      verify(delivery)
      return 200
    } catch {
      return 400
    }
  })
  await pay()
  const created = await arrived('payment_intent.created', 2)
  expect(() => verify(created[0] as Received)).toThrow(/signature/i)
  expect(verify(created[1] as Received).type).toBe('payment_intent.created')
  const charged = await arrived('charge.succeeded', 2)
  expect(() => verify(charged[0] as Received)).toThrow(/tolerance/i)
  expect(verify(charged[1] as Received).type).toBe('charge.succeeded')
})

test('a delivery that is not acknowledged is repeated until it is', async () => {
  let refusals = 0
  receiver.answerWith((delivery) => {
    if (delivery.event.type !== 'checkout.session.completed' || refusals >= 2) return 200
    refusals += 1
    return 500
  })
  await pay()
  const tries = await arrived('checkout.session.completed', 3)
  expect(new Set(tries.map((one) => one.event.id)).size).toBe(1)
  await idle()
})

test('planned duplicates arrive twice with the same id', async () => {
  await sandbox.control('POST', 'faults', { kind: 'duplicate', type: 'checkout.session.completed' })
  await pay()
  const both = await arrived('checkout.session.completed', 2)
  expect(both[0]?.event.id).toBe(both[1]?.event.id)
})

test('planned shuffling delivers everything, in another order', async () => {
  await sandbox.control('POST', 'faults', { kind: 'shuffle', count: 100, delay_ms: 600 })
  for (let index = 0; index < 6; index += 1) await pay()
  await eventually(() => (receiver.received.length >= 30 ? true : null))
  const seconds = receiver.received.map((one) => one.event.id)
  const { data } = await sandbox.stripe.events.list({ limit: 100 })
  expect([...seconds].sort()).toEqual(data.map((event) => event.id).sort())
  expect(seconds).not.toEqual(data.map((event) => event.id).reverse())
})

test('a dropped event is found by its missing delivery and can be sent again', async () => {
  await sandbox.control('POST', 'faults', { kind: 'drop', type: 'checkout.session.completed' })
  await pay()
  await arrived('charge.updated')
  await idle()
  expect(ofType('checkout.session.completed')).toEqual([])
  const missing = await sandbox.stripe.events.list({
    delivery_success: false,
    types: ['checkout.session.completed'],
  })
  expect(missing.data.length).toBe(1)
  await sandbox.control('POST', `events/${missing.data[0]?.id}/resend`)
  await arrived('checkout.session.completed')
  await idle()
  expect((await sandbox.stripe.events.list({ delivery_success: false })).data).toEqual([])
})

test('an endpoint registered through the API gets its own secret and only its types', async () => {
  const other = await startWebhookReceiver()
  const endpoint = await sandbox.stripe.webhookEndpoints.create({
    url: other.url,
    enabled_events: ['charge.succeeded'],
  })
  await pay()
  const delivery = await eventually(() => other.received[0] ?? null)
  expect(verify(delivery, endpoint.secret ?? '').type).toBe('charge.succeeded')
  await idle()
  expect(other.received.length).toBe(1)
  const listed = await sandbox.stripe.webhookEndpoints.list()
  expect(listed.data.map((one) => [one.url, one.secret])).toEqual([
    [other.url, undefined],
    [receiver.url, undefined],
  ])
  await other.stop()
})

test('events of an idle session arrive when its time is up', async () => {
  const session = await sandbox.stripe.checkout.sessions.create(sessionParams())
  await sandbox.control('POST', 'clock/advance', { seconds: 86_401 })
  const [delivery] = await arrived('checkout.session.expired')
  expect(verify(delivery as Received).data.object).toMatchObject({ id: session.id, status: 'expired' })
  expect(delivery?.event.created).toBe(session.expires_at)
})
