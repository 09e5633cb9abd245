import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  eventually,
  type SandboxProcess,
  sessionParams,
  startSandbox,
  stripeFor,
} from '#test/support/sandbox.ts'
import { startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

const SECRET = 'whsec_kill'
type State = {
  pending_webhooks: number
  sessions: { id: string; status: string; payment_status: string; payment_intent: string | null }[]
  payment_intents: { id: string; status: string; latest_charge: string | null }[]
  charges: { id: string; status: string; payment_intent: string; balance_transaction: string | null }[]
}

let receiver: WebhookReceiver
let sandbox: SandboxProcess

beforeEach(async () => {
  receiver = await startWebhookReceiver()
  sandbox = await startSandbox({ webhook: { url: receiver.url, secret: SECRET } })
})
afterEach(async () => {
  await sandbox.stop()
  await receiver.stop()
})

async function killAndRestart(): Promise<void> {
  await sandbox.kill()
  const { dataDir, port } = sandbox
  sandbox = await startSandbox({ dataDir, port, webhook: { url: receiver.url, secret: SECRET } })
}

async function pay(id: string): Promise<{ outcome: string }> {
  return sandbox.control('POST', `sessions/${id}/pay`, {})
}

/** Pays sessions one after another until the sandbox is cut off, and keeps the ids whose payment was acknowledged. */
async function payUntilCut(acknowledged: Set<string>, cut: AbortSignal): Promise<void> {
  const client = stripeFor(sandbox.port, { timeout: 10_000 })
  try {
    while (!cut.aborted) {
      const session = await client.checkout.sessions.create(sessionParams())
      const result = await pay(session.id)
      if (result.outcome === 'paid') acknowledged.add(session.id)
    }
  } catch {
    return
  }
}

test('a webhook that could not be delivered before a kill is delivered after the restart', async () => {
  receiver.answerWith(() => 503)
  const session = await sandbox.stripe.checkout.sessions.create(sessionParams())
  await pay(session.id)
  await eventually(() => (receiver.received.length > 0 ? true : null))
  await killAndRestart()
  receiver.answerWith(() => 200)
  receiver.received.length = 0
  const delivery = await eventually(
    () => receiver.received.find((one) => one.event.type === 'checkout.session.completed') ?? null,
  )
  const event = sandbox.stripe.webhooks.constructEvent(delivery.body, delivery.signature, SECRET)
  expect(event.data.object).toMatchObject({ id: session.id, payment_status: 'paid' })
})

test('an answer that a kill swallowed is found again under its key', async () => {
  await sandbox.control('POST', 'faults', { kind: 'timeout', path: '/v1/checkout/sessions' })
  const key = { idempotencyKey: 'checkout:pay_1:1' }
  const swallowed = stripeFor(sandbox.port, { timeout: 60_000 })
    .checkout.sessions.create(sessionParams(), key)
    .catch(() => null)
  await eventually(async () =>
    (await sandbox.control<State>('GET', 'state')).sessions.length === 1 ? true : null,
  )
  await killAndRestart()
  await swallowed
  const again = await sandbox.stripe.checkout.sessions.create(sessionParams(), key)
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  const { sessions } = await sandbox.control<State>('GET', 'state')
  expect(sessions.map((one) => one.id)).toEqual([again.id])
})

test('a session whose time runs out while the process is dead expires after the restart', async () => {
  const session = await sandbox.stripe.checkout.sessions.create(sessionParams())
  await sandbox.control('POST', 'clock/advance', { seconds: 86_399 })
  await sandbox.kill()
  await sleep(1_500)
  sandbox = await startSandbox({
    dataDir: sandbox.dataDir,
    port: sandbox.port,
    webhook: { url: receiver.url, secret: SECRET },
  })
  const expired = await eventually(async () => {
    const read = await sandbox.stripe.checkout.sessions.retrieve(session.id)
    return read.status === 'expired' ? read : null
  })
  expect(expired.url).toBeNull()
})

test('kills at random moments under load lose nothing that was acknowledged and charge nothing twice', async () => {
  const acknowledged = new Set<string>()
  for (let round = 0; round < 3; round += 1) {
    const cut = new AbortController()
    const payers = Array.from({ length: 4 }, () => payUntilCut(acknowledged, cut.signal))
    const enough = acknowledged.size + 8
    await eventually(() => (acknowledged.size >= enough ? true : null), 60_000)
    await sleep(Math.random() * 300)
    cut.abort()
    await killAndRestart()
    await Promise.all(payers)
  }
  const state = await eventually(async () => {
    const now = await sandbox.control<State>('GET', 'state')
    return now.pending_webhooks === 0 && now.charges.every((one) => one.balance_transaction !== null)
      ? now
      : null
  }, 60_000)
  expect(acknowledged.size).toBeGreaterThanOrEqual(24)
  const paid = state.sessions.filter((one) => one.status === 'complete')
  expect([...acknowledged].filter((id) => !paid.some((one) => one.id === id))).toEqual([])
  expect(state.charges.length).toBe(paid.length)
  expect(new Set(state.charges.map((one) => one.payment_intent))).toEqual(
    new Set(paid.map((one) => one.payment_intent)),
  )
  const completed = receiver.received.filter((one) => one.event.type === 'checkout.session.completed')
  const told = new Set(completed.map((one) => (one.event.data.object as { id: string }).id))
  expect(told).toEqual(new Set(paid.map((one) => one.id)))
})

test('many paid sessions at once, each told once by a webhook', async () => {
  const client = stripeFor(sandbox.port)
  const payOne = async (): Promise<void> => {
    const session = await client.checkout.sessions.create(sessionParams())
    await pay(session.id)
  }
  await payOne()
  const count = 240
  const lane = async (): Promise<void> => {
    for (let index = 0; index < count / 8; index += 1) await payOne()
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  const completed = (): string[] =>
    receiver.received
      .filter((one) => one.event.type === 'checkout.session.completed')
      .map((one) => (one.event.data.object as { id: string }).id)
  await eventually(() => (new Set(completed()).size === count + 1 ? true : null), 60_000)
  const { charges } = await sandbox.control<State>('GET', 'state')
  expect(charges).toHaveLength(count + 1)
}, 120_000)
