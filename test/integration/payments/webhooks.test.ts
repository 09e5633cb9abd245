import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeId, newId } from '#app/books/ids.ts'
import type { ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { sweepStale } from '#app/payments/reading/sweep-stale.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { catchUpEvents } from '#app/payments/webhooks/catch-up-events.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { seededRandom } from '#scripts/seeded-random.ts'
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
import { bringAll, endState, makeHistory, shuffled, signed } from '#test/support/payment-history.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

function bring(event: ProcessorEvent): Promise<string> {
  return receiveWebhook(world.processor, event.payload, signed(event.payload))
}

test('events that come three times and in any order end where each of them once, in order, would', {
  timeout: 120_000,
}, async () => {
  const inOrder = await makeHistory(world, 5)
  expect(new Set(inOrder.events.map((each) => each.type)).size).toBeGreaterThanOrEqual(5)
  await bringAll(world, inOrder.events, 1)
  const expected = await endState(inOrder.buyers)
  expect(expected.filter((line) => /^payment of .*: settled /.test(line))).toHaveLength(4)
  expect(expected.filter((line) => /^payment of .*: expired /.test(line))).toHaveLength(1)
  for (const seed of [1, 2]) {
    const { buyers, events } = await makeHistory(world, 5)
    await bringAll(world, shuffled([...events, ...events, ...events], seededRandom(seed)))
    expect(await endState(buyers), `seed ${seed}`).toEqual(expected)
  }
})

test('a webhook comes in once: stored, then known', async () => {
  await openCheckout(world, await createBuyer([1_000n])).then(({ checkoutId }) =>
    enterCard(world, checkoutId),
  )
  const event = (await allEvents(world)).at(-1)
  if (!event) throw new Error('no event')
  expect([await bring(event), await bring(event)]).toEqual(['stored', 'known'])
})

test.each([
  ['another secret', (body: string) => [body, signed(body, { secret: 'whsec_other' })]],
  ['a changed body', (body: string) => [body.replace('"amount"', '"amounts"'), signed(body)]],
  [
    'a stamp of 301 seconds ago',
    (body: string) => [body, signed(body, { timestamp: Math.floor(Date.now() / 1000) - 301 })],
  ],
  ['no signature', (body: string) => [body, '']],
  ['a signature of nonsense', (body: string) => [body, 't=now,v1=zz']],
])('%s is a forgery and leaves no trace', async (_what, forge) => {
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'charge.succeeded',
    created: 1,
    data: { object: { object: 'charge', amount: 1 } },
  })
  const [payload = '', signature = ''] = forge(body)
  const before = await db.webhookInbox.count()
  expect(await receiveWebhook(world.processor, payload, signature)).toBe('forged')
  expect(await db.webhookInbox.count()).toBe(before)
})

test('the event says which payment, never how much: a genuine event with another amount books what the processor holds', async () => {
  const buyer = await createBuyer([1_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'checkout.session.completed',
    created: 1,
    data: {
      object: {
        id: checkoutId,
        object: 'checkout.session',
        client_reference_id: encodeId('pay', paymentId),
        payment_status: 'paid',
        amount_total: 999_999,
      },
    },
  })
  await receiveWebhook(world.processor, body, signed(body))
  await processWebhook(world.processor, JSON.parse(body).id)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'awaiting_customer', receivedMinor: 0n })
})

test('lost webhooks are caught up with from the processor’s own list, once', async () => {
  const buyer = await createBuyer([1_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
  expect(await catchUpEvents(world.processor)).toBeGreaterThan(0)
  const cursor = await db.providerCursor.findUniqueOrThrow({ where: { provider: 'stripe' } })
  const waiting = await db.webhookInbox.findMany({ where: { paymentId, processedAt: null } })
  expect(waiting.map((each) => each.type)).toContain('checkout.session.completed')
  for (const { id } of waiting) await processWebhook(world.processor, id)
  expect((await paymentRow(paymentId)).state).toBe('settled')
  expect(await catchUpEvents(world.processor)).toBe(0)
  expect(await db.providerCursor.findUniqueOrThrow({ where: { provider: 'stripe' } })).toEqual(cursor)
})

test('an event that cannot be stored is for a person, and the others are caught up with all the same', async () => {
  const { checkoutId } = await openCheckout(world, await createBuyer([1_000n]))
  await enterCard(world, checkoutId)
  const [first, ...rest] = (await allEvents(world)).filter((each) => each.checkoutId === checkoutId)
  if (!first) throw new Error('no event')
  const events = [{ ...first, eventId: 'evt_bad', payload: '{"id":' }, first, ...rest]
  expect(await catchUpEvents({ ...world.processor, listEvents: async () => events })).toBe(1 + rest.length)
  expect(await db.exceptionCase.count({ where: { caseKey: 'webhook.not-stored:evt_bad' } })).toBe(1)
})

test('characters that the database cannot hold do not keep an event out', async () => {
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'charge.updated',
    created: 1,
    data: {
      object: {
        id: 'ch_\u0000',
        object: 'charge',
        description: 'a\u0000b \\u0000 \ud800',
        'key\u0000': ['\u0000'],
      },
    },
  })
  expect(await bring({ payload: body } as ProcessorEvent)).toBe('stored')
  const { payload, objectId } = await db.webhookInbox.findUniqueOrThrow({
    where: { id: JSON.parse(body).id },
  })
  expect(objectId).toBe('ch_\ufffd')
  expect(payload).toMatchObject({
    data: { object: { description: 'a\ufffdb \\u0000 \ufffd', 'key\ufffd': ['\ufffd'] } },
  })
})

test('a payment that nobody hears of again is read by the sweep', async () => {
  const buyer = await createBuyer([1_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId, { card: '4000000000003220' })
  await syncPayment(world.processor, paymentId, 'sweep')
  const job = () =>
    db.$queryRaw<
      { key: string }[]
    >`SELECT key FROM graphile_worker.jobs WHERE key = ${`payments:sync:${paymentId}`}`
  await sweepStale()
  expect(await job()).toHaveLength(0)
  const hourAgo = new Date(Date.now() - 3_600_000)
  await db.payment.update({ where: { id: paymentId }, data: { syncedAt: hourAgo } })
  await asOwner('UPDATE payment SET updated_at = $2 WHERE id = $1', [paymentId, hourAgo])
  await sweepStale()
  expect(await job()).toHaveLength(1)
})

test('a checkout that is not ours is looked at in turn, and does not keep two hundred others from the sweep', async () => {
  const { paymentId } = await openCheckout(world, await createBuyer([1_000n]))
  const stranger = { ...world.processor, readCheckout: () => Promise.resolve(null) }
  await syncPayment(stranger, paymentId, 'sweep')
  expect((await paymentRow(paymentId)).syncedAt).not.toBeNull()

  const unread = await openCheckout(world, await createBuyer([1_000n]))
  await asOwner("UPDATE payment SET updated_at = now() - interval '2 hours' WHERE id = $1", [
    unread.paymentId,
  ])
  await asOwner(
    `INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', new_id(), 'number', 'P-S' || n,
         'stripe_checkout_session_id', 'cs_strange_' || n, 'updated_at', now() - interval '3 hours',
         'synced_at', now() - interval '1 hour'))).*
       FROM payment p, generate_series(1, 200) AS n WHERE p.id = $1`,
    [paymentId],
  )
  await sweepStale()
  const jobs = await db.$queryRaw<{ key: string }[]>`
    SELECT key FROM graphile_worker.jobs WHERE key = ${`payments:sync:${unread.paymentId}`}`
  expect(jobs).toHaveLength(1)
  await asOwner('UPDATE payment SET synced_at = now() WHERE number LIKE $1', ['P-S%'])
})

test('an event of a payment that we do not know waits, and is for a person after five minutes', async () => {
  const reference = encodeId('pay', newId<'pay'>())
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: 1,
    data: { object: { id: 'pi_unknown', object: 'payment_intent', metadata: { payment_id: reference } } },
  })
  const { id } = JSON.parse(body)
  await receiveWebhook(world.processor, body, signed(body))
  await processWebhook(world.processor, id)
  expect(await db.webhookInbox.findUniqueOrThrow({ where: { id } })).toMatchObject({
    processedAt: null,
    attempts: 1,
  })
  await asOwner("UPDATE webhook_inbox SET received_at = received_at - interval '5 minutes' WHERE id = $1", [
    id,
  ])
  await processWebhook(world.processor, id)
  expect(await db.webhookInbox.findUniqueOrThrow({ where: { id } })).toMatchObject({ outcome: 'unmatched' })
  expect(await db.exceptionCase.count({ where: { caseKey: 'webhook.unmatched:pi_unknown' } })).toBe(1)
})

test('events of other systems at the same processor are put aside at once', async () => {
  const body = JSON.stringify({
    id: `evt_${newId()}`,
    object: 'event',
    type: 'balance.available',
    created: 1,
    data: { object: { object: 'balance', metadata: 7, charge: 8 } },
  })
  const { id } = JSON.parse(body)
  expect(await receiveWebhook(world.processor, body, signed(body))).toBe('stored')
  await processWebhook(world.processor, id)
  expect(await db.webhookInbox.findUniqueOrThrow({ where: { id } })).toMatchObject({ outcome: 'ignored' })
})

test('a processor that cannot be read keeps the event waiting, with the reason', async () => {
  const buyer = await createBuyer([1_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const events = (await allEvents(world)).filter((each) => each.checkoutId === checkoutId)
  const event = events.at(-1)
  if (!event) throw new Error('no event')
  await bring(event)
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    method: 'GET',
    path: '/v1/checkout',
    count: 9,
  })
  await expect(processWebhook(world.processor, event.eventId)).rejects.toThrow('unavailable')
  expect((await db.webhookInbox.findUniqueOrThrow({ where: { id: event.eventId } })).lastError).toContain(
    'unavailable',
  )
  await world.sandbox.control('DELETE', 'faults')
  await processWebhook(world.processor, event.eventId)
  expect((await paymentRow(paymentId)).state).toBe('settled')
})
