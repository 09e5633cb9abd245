import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually, type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import { payBy, startBusinessDay, waitBusinessDays } from '#test/support/sandbox-payments.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

const SECRET = 'whsec_test_secret'
const SETTLED = 'checkout.session.async_payment_succeeded'
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
  await startBusinessDay(sandbox)
  await idle()
  receiver.received.length = 0
})

const ofType = (type: string): Received[] => receiver.received.filter((one) => one.event.type === type)

async function idle(): Promise<void> {
  await eventually(async () => {
    const { pending_webhooks } = await sandbox.control<{ pending_webhooks: number }>('GET', 'state')
    return pending_webhooks === 0 || null
  })
}

/** A debit from checkout to its success, and what arrived of it. */
async function debit(): Promise<string[]> {
  await payBy(sandbox, { bank_account: '000123456789' })
  await idle()
  await waitBusinessDays(sandbox, 4)
  await idle()
  return receiver.received.map((one) => one.event.type)
}

test('every event of a debit, a late return and a payout arrives signed', async () => {
  const { session } = await payBy(sandbox, { bank_account: '000123456789' })
  await waitBusinessDays(sandbox, 4)
  await sandbox.control('POST', 'payouts/run')
  await sandbox.control('POST', `payments/${session.payment_intent}/late_return?code=R10`)
  await waitBusinessDays(sandbox, 1)
  await idle()
  const types = receiver.received.map(
    ({ body, signature }) => sandbox.stripe.webhooks.constructEvent(body, signature, SECRET).type,
  )
  for (const type of [
    'charge.pending',
    'payment_intent.processing',
    SETTLED,
    'charge.updated',
    'payout.created',
    'payout.paid',
    'payout.reconciliation_completed',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.closed',
    'financial_connections.account.created',
  ])
    expect(types).toContain(type)
})

test('an event of a debit can come twice', async () => {
  await sandbox.control('POST', 'faults', { kind: 'duplicate', type: SETTLED })
  await debit()
  const ids = ofType(SETTLED).map((one) => one.event.id)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
})

test('an event of a debit can be lost and is still listed', async () => {
  await sandbox.control('POST', 'faults', { kind: 'drop', type: SETTLED })
  expect(await debit()).not.toContain(SETTLED)
  const unsent = await sandbox.stripe.events.list({ type: SETTLED, delivery_success: false })
  expect(unsent.data).toHaveLength(1)
})

test('events of a debit can be late: a later one overtakes', async () => {
  await sandbox.control('POST', 'faults', { kind: 'delay', type: 'charge.pending', delay_ms: 300 })
  await payBy(sandbox, { bank_account: '000123456789' })
  await idle()
  const types = receiver.received.map((one) => one.event.type)
  expect(types.indexOf('charge.pending')).toBeGreaterThan(types.indexOf('payment_intent.processing'))
})

test('events of a debit can be shuffled; all of them arrive', async () => {
  await sandbox.control('POST', 'faults', { kind: 'shuffle', count: 20, delay_ms: 200 })
  const types = await debit()
  expect(types.toSorted()).toEqual([
    'charge.pending',
    'charge.succeeded',
    'charge.updated',
    'checkout.session.async_payment_succeeded',
    'checkout.session.completed',
    'financial_connections.account.created',
    'mandate.updated',
    'payment_intent.created',
    'payment_intent.processing',
    'payment_intent.succeeded',
  ])
})
