import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import { eventTypes, type Paid, payBy, saveMethod, startBusinessDay } from '#test/support/sandbox-payments.ts'

let sandbox: SandboxProcess
let stripe: Stripe
let customer: string

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await startBusinessDay(sandbox)
  customer = (await stripe.customers.create({ name: 'Buyer', email: 'ap@buyer.example' })).id
})

const ACCEPTED = {
  customer_acceptance: {
    type: 'online' as const,
    online: { ip_address: '192.0.2.1', user_agent: 'browser' },
  },
}

/** Saves a method on the hosted page, without paying. */
async function setUp(input: object): Promise<Paid> {
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer,
    currency: 'usd',
    allowed_payment_method_types: ['card', 'us_bank_account'],
    setup_intent_data: { metadata: { enrollment_id: 'enr_1' } },
    success_url: 'http://localhost:3000/saved?session_id={CHECKOUT_SESSION_ID}',
  })
  expect(session).toMatchObject({ mode: 'setup', amount_total: null, payment_status: 'no_payment_required' })
  return sandbox.control('POST', `sessions/${session.id}/pay`, input)
}

async function savedMethods(): Promise<Stripe.PaymentMethod[]> {
  return (await stripe.customers.listPaymentMethods(customer)).data
}

test('a card is saved without paying', async () => {
  const saved = await setUp({ card: '4242424242424242' })
  expect(saved).toMatchObject({ outcome: 'saved', session: { status: 'complete', payment_intent: null } })
  const setup = await stripe.setupIntents.retrieve(saved.session.setup_intent, { expand: ['payment_method'] })
  expect(setup).toMatchObject({
    status: 'succeeded',
    metadata: { enrollment_id: 'enr_1' },
    payment_method: { customer, card: { last4: '4242' } },
  })
  expect(await savedMethods()).toHaveLength(1)
  expect(await eventTypes(sandbox, 'setup_intent.', 'checkout.', 'payment_method.')).toEqual([
    'setup_intent.created',
    'setup_intent.succeeded',
    'payment_method.attached',
    'checkout.session.completed',
  ])
  expect((await stripe.charges.list()).data).toEqual([])
})

test('a card that the bank asks about is saved after the check, or not at all', async () => {
  const passed = await setUp({ card: '4000002500003155', challenge: 'pass' })
  expect(passed.outcome).toBe('saved')
  const failed = await setUp({ card: '4000002500003155', challenge: 'fail' })
  expect(failed).toMatchObject({
    outcome: 'declined',
    error: { code: 'setup_intent_authentication_failure' },
    session: { status: 'open' },
  })
  expect(await savedMethods()).toHaveLength(1)
  expect(await eventTypes(sandbox, 'setup_intent.setup_failed')).toHaveLength(1)
})

test('a declined card is not saved; one whose later charges fail is', async () => {
  expect(await setUp({ card: '4000000000000002' })).toMatchObject({
    outcome: 'declined',
    error: { code: 'card_declined', decline_code: 'generic_decline' },
  })
  expect((await setUp({ card: '4000000000000341' })).outcome).toBe('saved')
  expect((await savedMethods()).map((one) => one.card?.last4)).toEqual(['0341'])
})

test('a bank account is saved with a mandate for every later payment', async () => {
  const saved = await setUp({ bank_account: '000123456789' })
  expect(saved.outcome).toBe('saved')
  const setup = await stripe.setupIntents.retrieve(saved.session.setup_intent, { expand: ['mandate'] })
  expect(setup.mandate).toMatchObject({ status: 'active', type: 'multi_use', multi_use: {} })
  expect((await savedMethods()).map((one) => one.us_bank_account?.last4)).toEqual(['6789'])
})

test('typed numbers are saved when the small deposits are confirmed', async () => {
  const waiting = await setUp({ bank_account: '000123456789', entry: 'manual' })
  expect(waiting).toMatchObject({ outcome: 'verification', session: { status: 'complete' } })
  const id = waiting.session.setup_intent
  expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'verify_with_microdeposits' },
  })
  expect(await savedMethods()).toEqual([])
  const verified = await stripe.setupIntents.verifyMicrodeposits(id, { descriptor_code: 'SM11AA' })
  expect(verified.status).toBe('succeeded')
  expect(await savedMethods()).toHaveLength(1)
})

test('a setup whose small deposits are not confirmed in time saves nothing', async () => {
  const waiting = await setUp({ bank_account: '000123456789', entry: 'manual' })
  const id = waiting.session.setup_intent
  await sandbox.control('POST', 'clock/advance', { seconds: 10 * 86_400 + 60 })
  expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    mandate: null,
    last_setup_error: { code: 'payment_method_microdeposit_verification_timeout' },
  })
  expect(await savedMethods()).toEqual([])
  expect((await eventTypes(sandbox, 'setup_intent.')).at(-1)).toBe('setup_intent.setup_failed')
})

test('an expired page cancels its setup', async () => {
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer,
    success_url: 'http://localhost:3000/saved',
  })
  await stripe.checkout.sessions.expire(session.id)
  expect((await stripe.setupIntents.retrieve(String(session.setup_intent))).status).toBe('canceled')
  expect(await eventTypes(sandbox, 'setup_intent.')).toEqual([
    'setup_intent.created',
    'setup_intent.canceled',
  ])
})

test('the API sets up a bank account only with consent', async () => {
  const params = {
    customer,
    payment_method: 'pm_usBankAccount_success',
    allowed_payment_method_types: ['us_bank_account' as const],
    confirm: true,
  }
  await expect(stripe.setupIntents.create(params)).rejects.toMatchObject({
    code: 'setup_intent_mandate_invalid',
  })
  const setup = await stripe.setupIntents.create({ ...params, mandate_data: ACCEPTED })
  expect(setup.status).toBe('succeeded')
  const mandate = await stripe.mandates.retrieve(String(setup.mandate))
  expect(mandate.customer_acceptance.online).toEqual({ ip_address: '192.0.2.1', user_agent: 'browser' })
})

test('a setup is made, confirmed later, or canceled', async () => {
  const first = await stripe.setupIntents.create({ customer })
  expect(first.status).toBe('requires_payment_method')
  const confirmed = await stripe.setupIntents.confirm(first.id, { payment_method: 'pm_card_visa' })
  expect(confirmed.status).toBe('succeeded')
  await expect(stripe.setupIntents.cancel(first.id)).rejects.toMatchObject({
    code: 'setup_intent_unexpected_state',
  })
  const second = await stripe.setupIntents.create({ customer })
  expect((await stripe.setupIntents.cancel(second.id)).status).toBe('canceled')
})

test('a method is saved while paying, shown on the next page, and pays it', async () => {
  const { customer: payer, method } = await saveMethod(sandbox, { bank_account: '000123456789' })
  const next = {
    customer: payer,
    saved_payment_method_options: { allow_redisplay_filters: ['unspecified' as const] },
  }
  const paid = await payBy(sandbox, { payment_method: method }, next)
  expect(paid).toMatchObject({ outcome: 'processing', payment_method: method })
  const session = await stripe.checkout.sessions.create({
    ...next,
    mode: 'payment',
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Invoice 2' } } },
    ],
    success_url: 'http://localhost:3000/paid',
  })
  const page = await (await fetch(`${sandbox.url}/c/pay/${session.id}/saved`)).text()
  expect(page).toContain('STRIPE TEST BANK ••••6789')
  const body = new URLSearchParams({ method })
  const submitted = await fetch(`${sandbox.url}/c/pay/${session.id}/saved`, {
    method: 'POST',
    body,
    redirect: 'manual',
  })
  expect(submitted.status).toBe(303)
})

test('the customer may tick that a card be kept', async () => {
  const overrides = { customer, saved_payment_method_options: { payment_method_save: 'enabled' as const } }
  await payBy(sandbox, {}, overrides)
  expect(await savedMethods()).toEqual([])
  const session = await payBy(sandbox, { save: true }, overrides)
  expect((await savedMethods()).map((one) => one.allow_redisplay)).toEqual(['always'])
  expect((await stripe.paymentIntents.retrieve(session.session.payment_intent)).setup_future_usage).toBe(
    'on_session',
  )
})

test('nobody pays with the saved method of another customer', async () => {
  const { method } = await saveMethod(sandbox, {})
  const refused = await payBy(sandbox, { payment_method: method }, { customer })
  expect(refused).toMatchObject({ outcome: 'invalid', errors: [{ field: 'method' }] })
  const call = stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer,
    payment_method: method,
    confirm: true,
  })
  await expect(call).rejects.toMatchObject({ statusCode: 400 })
})

test('a detached method leaves the list, ends its mandate and cannot be used again', async () => {
  const { customer: payer, method } = await saveMethod(sandbox, { bank_account: '000123456789' })
  const attached = await stripe.paymentMethods.list({ customer: payer, type: 'us_bank_account' })
  expect(attached.data.map((one) => one.id)).toEqual([method])
  expect((await stripe.paymentMethods.detach(method)).customer).toBeNull()
  expect((await stripe.customers.listPaymentMethods(payer)).data).toEqual([])
  await expect(stripe.paymentMethods.attach(method, { customer: payer })).rejects.toMatchObject({
    statusCode: 400,
  })
  expect(await eventTypes(sandbox, 'payment_method.', 'mandate.')).toEqual([
    'payment_method.attached',
    'payment_method.detached',
    'mandate.updated',
  ])
})
