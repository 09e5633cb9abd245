import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CardName, cardNames, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())

const FORM = {
  email: 'ap@buyer.example',
  expiry: '12/39',
  cvc: '123',
  name: 'Ada Payer',
  postalCode: '10001',
}

async function openSession(overrides: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<string> {
  return (await stripe.checkout.sessions.create(sessionParams(overrides))).id
}

function submit(id: string, number: string, overrides: Partial<typeof FORM> = {}): Promise<Response> {
  const body = new URLSearchParams({ ...FORM, number, ...overrides })
  return fetch(`${sandbox.url}/c/pay/${id}`, { method: 'POST', body, redirect: 'manual' })
}

function answer(id: string, choice: 'complete' | 'fail'): Promise<Response> {
  const body = new URLSearchParams({ answer: choice })
  return fetch(`${sandbox.url}/c/pay/${id}/3ds`, { method: 'POST', body, redirect: 'manual' })
}

async function chargesOf(id: string): Promise<Stripe.Charge[]> {
  const session = await stripe.checkout.sessions.retrieve(id)
  if (typeof session.payment_intent !== 'string') return []
  return (await stripe.charges.list({ payment_intent: session.payment_intent })).data
}

async function eventTypesAbout(id: string): Promise<string[]> {
  const session = await stripe.checkout.sessions.retrieve(id)
  const events = (await stripe.events.list({ limit: 100 })).data.reverse()
  return events
    .filter((event) => {
      const object = event.data.object as { id: string; payment_intent?: string }
      return (
        object.id === id ||
        object.id === session.payment_intent ||
        object.payment_intent === session.payment_intent
      )
    })
    .map((event) => event.type)
}

/** The same without what the processor adds by itself some time later. */
async function eventTypesAtOnce(id: string): Promise<string[]> {
  return (await eventTypesAbout(id)).filter((type) => type !== 'charge.updated')
}

test('a customer pays on the hosted page and is sent back with the session id', async () => {
  const id = await openSession()
  const page = await (await fetch(`${sandbox.url}/c/pay/${id}`)).text()
  expect(page).toContain('Sandbox – no real money')
  expect(page).toContain('Invoice 1001')
  expect(page).toContain('$123.45')
  expect(page).not.toContain('<script')
  const response = await submit(id, '4242 4242 4242 4242')
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe(`http://localhost:3000/pay/return?session_id=${id}`)
  const session = await stripe.checkout.sessions.retrieve(id)
  expect(session).toMatchObject({ status: 'complete', payment_status: 'paid', url: null })
  expect(session.customer_details).toMatchObject({ email: 'ap@buyer.example', name: 'Ada Payer' })
  expect(await eventTypesAtOnce(id)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ])
})

test('the fee comes a moment later, with the balance transaction', async () => {
  const id = await openSession()
  await submit(id, '4242424242424242')
  expect((await chargesOf(id))[0]?.balance_transaction).toBeNull()
  await sandbox.control('POST', 'clock/advance', { seconds: 2 })
  const [charge] = await chargesOf(id)
  const transaction = await stripe.balanceTransactions.retrieve(String(charge?.balance_transaction))
  expect(transaction).toMatchObject({
    amount: 12_345,
    fee: 388,
    net: 11_957,
    type: 'charge',
    source: charge?.id,
  })
  expect(await eventTypesAbout(id)).toContain('charge.updated')
})

test('a declined card leaves the page open, and another card then pays', async () => {
  const id = await openSession()
  const declined = await submit(id, '4000000000009995')
  expect(declined.status).toBe(402)
  const page = await declined.text()
  expect(page).toContain('Nothing was charged')
  expect(page).toContain('Your card has insufficient funds.')
  expect(page).toContain('value="Ada Payer"')
  expect(page).not.toContain('9995"')
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  expect(session.status).toBe('open')
  expect(session.payment_intent).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: {
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      advice_code: 'try_again_later',
    },
  })
  expect((await submit(id, '4242424242424242')).status).toBe(303)
  expect((await chargesOf(id)).map((charge) => charge.status)).toEqual(['succeeded', 'failed'])
  expect(await eventTypesAtOnce(id)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ])
})

test('the bank asks, the customer confirms, and the charge carries the proof', async () => {
  const id = await openSession()
  const asked = await submit(id, '4000002760003184')
  expect(asked.headers.get('location')).toBe(`/c/pay/${id}/3ds`)
  expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open')
  expect(await (await fetch(`${sandbox.url}/c/pay/${id}/3ds`)).text()).toContain('ending in 3184')
  expect((await answer(id, 'complete')).headers.get('location')).toContain(`session_id=${id}`)
  const [charge] = await chargesOf(id)
  expect(charge?.payment_method_details?.card?.three_d_secure).toMatchObject({ result: 'authenticated' })
  expect(await eventTypesAtOnce(id)).toEqual([
    'payment_intent.created',
    'payment_intent.requires_action',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ])
})

test('the bank asks, the customer fails, nothing is charged and another card can pay', async () => {
  const id = await openSession()
  await submit(id, '4000002760003184')
  expect((await answer(id, 'fail')).headers.get('location')).toBe(`/c/pay/${id}`)
  expect(await (await fetch(`${sandbox.url}/c/pay/${id}`)).text()).toContain('unable to authenticate')
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  expect(session.payment_intent).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'payment_intent_authentication_failure' },
  })
  expect(await chargesOf(id)).toEqual([])
  expect((await submit(id, '5555555555554444')).status).toBe(303)
})

test('twenty submits of the same form at once make one charge', async () => {
  const id = await openSession()
  const responses = await Promise.all(Array.from({ length: 20 }, () => submit(id, '4242424242424242')))
  expect(new Set(responses.map((response) => response.status))).toEqual(new Set([303]))
  expect((await chargesOf(id)).length).toBe(1)
  expect(await (await fetch(`${sandbox.url}/c/pay/${id}`)).text()).toContain('You were not charged again')
})

test('double answers to the bank make one charge', async () => {
  const id = await openSession()
  await submit(id, '4000002760003184')
  await Promise.all([answer(id, 'complete'), answer(id, 'complete'), answer(id, 'fail')])
  expect((await chargesOf(id)).map((charge) => charge.status)).toEqual(['succeeded'])
})

test.each([
  ['number', '4242424242424241', {}, 'Your card number is incorrect.'],
  ['number', '4111111111111111', {}, 'test cards only'],
  ['expiry', '4242424242424242', { expiry: '13/39' }, 'expiration month is invalid'],
  ['expiry', '4242424242424242', { expiry: '01/20' }, 'expiration year is in the past'],
  ['cvc', '4242424242424242', { cvc: '99' }, 'security code has 3 digits'],
  ['cvc', '378282246310005', { cvc: '123' }, 'security code has 4 digits'],
  ['email', '4242424242424242', { email: 'nobody' }, 'Enter an e-mail address'],
])('a wrong %s is explained at its field and nothing happens', async (field, number, overrides, message) => {
  const id = await openSession()
  const response = await submit(id, number, overrides)
  expect(response.status).toBe(422)
  const page = (await response.text()).replaceAll('&#39;', "'")
  expect(page).toContain(`id="${field}-error"`)
  expect(page).toContain(message)
  expect((await stripe.checkout.sessions.retrieve(id)).payment_intent).toBeNull()
})

test('no card number is ever written down', async () => {
  const id = await openSession()
  await submit(id, '4111111111111111')
  await submit(id, '5555555555554444', { cvc: '987' })
  const files = ['sandbox.sqlite', 'sandbox.sqlite-wal'].map((name) =>
    readFileSync(join(sandbox.dataDir, name)).toString('latin1'),
  )
  for (const number of ['4111111111111111', '5555555555554444', '4242424242424242']) {
    expect(
      files.some((content) => content.includes(number)),
      number,
    ).toBe(false)
  }
  expect(files.some((content) => content.includes('"last4":"4444"'))).toBe(true)
})

test('an expired session cannot be paid, cancels its payment and says so', async () => {
  const id = await openSession({ expires_at: (await sandboxNow()) + 1_860 })
  await submit(id, '4000000000000002')
  await sandbox.control('POST', 'clock/advance', { seconds: 1_900 })
  const late = await submit(id, '4242424242424242')
  expect(late.status).toBe(410)
  expect(await late.text()).toContain('were not charged')
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  expect(session).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' })
  expect(session.payment_intent).toMatchObject({ status: 'canceled' })
  const types = await eventTypesAbout(id)
  expect(types).toContain('payment_intent.canceled')
  expect(types).toContain('checkout.session.expired')
})

test('a session is expired by request once; a paid one never', async () => {
  const id = await openSession()
  expect((await stripe.checkout.sessions.expire(id)).status).toBe('expired')
  await expect(stripe.checkout.sessions.expire(id)).rejects.toMatchObject({ statusCode: 400 })
  const paid = await openSession()
  await submit(paid, '4242424242424242')
  await expect(stripe.checkout.sessions.expire(paid)).rejects.toMatchObject({ statusCode: 400 })
  expect((await stripe.checkout.sessions.retrieve(paid)).status).toBe('complete')
})

test.each(cardNames())('the test card %s behaves as its line of the table says', async (name: CardName) => {
  const card = testCard(name)
  const id = await openSession()
  const result = await sandbox.control<{
    outcome: string
    error: { code: string; decline_code: string } | null
  }>('POST', `sessions/${id}/pay`, { card: card.number })
  if (card.challenge === 'required') expect(result.outcome).toBe('challenge')
  const final = card.challenge === 'required' ? await passAndRead(id) : result.outcome
  expect(final).toBe(card.decline ? 'declined' : 'paid')
  const [charge] = await chargesOf(id)
  expect(charge).toMatchObject({
    status: card.decline ? 'failed' : 'succeeded',
    failure_code: card.decline?.code ?? null,
    outcome: {
      type: card.decline?.isBlocked ? 'blocked' : card.decline ? 'issuer_declined' : 'authorized',
      risk_level: card.risk,
    },
    payment_method_details: {
      card: { brand: card.brand, last4: card.number.slice(-4), funding: card.funding },
    },
  })
})

async function passAndRead(id: string): Promise<string> {
  await answer(id, 'complete')
  return (await stripe.checkout.sessions.retrieve(id)).status === 'complete' ? 'paid' : 'declined'
}

async function sandboxNow(): Promise<number> {
  return (await sandbox.control<{ now: number }>('GET', 'state')).now
}
