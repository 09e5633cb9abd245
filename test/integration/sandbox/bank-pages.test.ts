import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'
import {
  chargeOf,
  eventTypes,
  payBy,
  startBusinessDay,
  waitBusinessDays,
} from '#test/support/sandbox-payments.ts'

let sandbox: SandboxProcess
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())
beforeEach(() => startBusinessDay(sandbox))

const HOLDER = { name: 'Acme Works Inc', email: 'ap@acme.example', holderType: 'company' }
const MANUAL = { bank_account: '000123456789', entry: 'manual' }

async function openSession(overrides: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<string> {
  const params = sessionParams({ allowed_payment_method_types: ['card', 'us_bank_account'], ...overrides })
  return (await stripe.checkout.sessions.create(params)).id
}

async function read(path: string): Promise<string> {
  return (await fetch(`${sandbox.url}${path}`)).text()
}

function post(path: string, fields: Record<string, string>): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
}

test('a customer chooses the bank and an account, reads the permission and agrees', async () => {
  const id = await openSession()
  expect(await read(`/c/pay/${id}`)).toContain(`href="/c/pay/${id}/bank"`)
  const picker = await read(`/c/pay/${id}/bank`)
  for (const name of ['Test (OAuth)', 'Test (Non-OAuth)', 'Down bank', 'Enter account numbers'])
    expect(picker).toContain(name)
  const accounts = await read(`/c/pay/${id}/bank/oauth`)
  expect(accounts).toContain('Fails: insufficient funds')
  expect(accounts).toContain('Permission to debit')
  expect(accounts).toContain('Agree and pay $123.45')
  expect(accounts).not.toContain('<script')
  const agreed = await post(`/c/pay/${id}/bank/oauth`, { ...HOLDER, account: '000123456789' })
  expect(agreed.status).toBe(303)
  expect(agreed.headers.get('location')).toBe(`http://localhost:3000/pay/return?session_id=${id}`)
  expect(await read(`/c/pay/${id}`)).toContain('is on its way')
  const [charge] = (await stripe.charges.list()).data
  const mandate = await stripe.mandates.retrieve(
    String(charge?.payment_method_details?.us_bank_account?.mandate),
  )
  expect(mandate).toMatchObject({
    status: 'active',
    type: 'single_use',
    single_use: { amount: 12_345, currency: 'usd' },
    customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1' } },
  })
})

test('a bank that is down says so, and another can be chosen', async () => {
  const id = await openSession()
  const down = await read(`/c/pay/${id}/bank/down`)
  expect(down).toContain('This bank cannot be reached')
  expect(down).toContain('Test (OAuth)')
})

test('a page with bank accounts alone starts there; without them it does not offer them', async () => {
  const only = await openSession({ allowed_payment_method_types: ['us_bank_account'] })
  const start = await fetch(`${sandbox.url}/c/pay/${only}`, { redirect: 'manual' })
  expect(start.headers.get('location')).toBe(`/c/pay/${only}/bank`)
  const cards = await openSession({ allowed_payment_method_types: ['card'] })
  expect(await read(`/c/pay/${cards}`)).not.toContain('Bank account')
})

test.each([
  ['account', { account: '000111000111' }, 'test accounts only'],
  ['routing', { routing: '011401533' }, '110000000 only'],
  ['name', { name: ' ' }, 'name of the account holder'],
  ['email', { email: 'nobody' }, 'Enter an e-mail address'],
])('a wrong %s of a typed account is explained at its field', async (field, wrong, message) => {
  const id = await openSession()
  const right = { ...HOLDER, routing: '110000000', account: '000123456789' }
  const response = await post(`/c/pay/${id}/bank/manual`, { ...right, ...wrong })
  expect(response.status).toBe(422)
  const page = await response.text()
  expect(page).toContain(`id="${field}-error"`)
  expect(page).toContain(message)
  expect((await stripe.checkout.sessions.retrieve(id)).payment_intent).toBeNull()
})

test('typed numbers wait for two small deposits, then the debit goes its way', async () => {
  const paid = await payBy(sandbox, MANUAL)
  expect(paid).toMatchObject({
    outcome: 'verification',
    session: { status: 'complete', payment_status: 'unpaid' },
  })
  const intent = await stripe.paymentIntents.retrieve(paid.session.payment_intent)
  expect(intent).toMatchObject({ status: 'requires_action', latest_charge: null })
  const url = intent.next_action?.verify_with_microdeposits?.hosted_verification_url ?? ''
  expect(url).toBe(`http://localhost:${sandbox.port}/verify/${intent.id}`)
  expect(await read(`/verify/${intent.id}`)).toContain('ending in 6789')
  const wrong = await post(`/verify/${intent.id}`, { first: '1', second: '2', code: '' })
  expect(wrong.status).toBe(422)
  expect(await wrong.text()).toContain('2 more tries')
  expect((await post(`/verify/${intent.id}`, { first: '45', second: '32', code: '' })).status).toBe(303)
  expect(await read(`/verify/${intent.id}`)).toContain('is verified')
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('processing')
  await waitBusinessDays(sandbox, 4)
  expect((await stripe.checkout.sessions.retrieve(paid.session.id)).payment_status).toBe('paid')
  expect(await eventTypes(sandbox, 'payment_intent.', 'checkout.', 'mandate.')).toEqual([
    'payment_intent.created',
    'payment_intent.requires_action',
    'checkout.session.completed',
    'mandate.updated',
    'payment_intent.processing',
    'payment_intent.succeeded',
    'checkout.session.async_payment_succeeded',
    'mandate.updated',
  ])
})

test('the API verifies as well, by amounts or by code', async () => {
  const amounts = (await payBy(sandbox, MANUAL)).session.payment_intent
  expect((await stripe.paymentIntents.verifyMicrodeposits(amounts, { amounts: [32, 45] })).status).toBe(
    'processing',
  )
  const code = (await payBy(sandbox, MANUAL)).session.payment_intent
  await expect(
    stripe.paymentIntents.verifyMicrodeposits(code, { descriptor_code: 'SM99ZZ' }),
  ).rejects.toMatchObject({ code: 'payment_method_microdeposit_verification_descriptor_code_mismatch' })
  expect((await stripe.paymentIntents.verifyMicrodeposits(code, { descriptor_code: 'SM11AA' })).status).toBe(
    'processing',
  )
})

test.each([
  [{ amounts: [10, 11] }, 'payment_method_microdeposit_verification_attempts_exceeded'],
  [{ code: 'SM33CC' }, 'payment_method_microdeposit_verification_attempts_exceeded'],
  [{ amounts: [40, 41] }, 'payment_method_microdeposit_verification_timeout'],
  [{ code: 'SM44DD' }, 'payment_method_microdeposit_verification_timeout'],
])('the deposits %j end the verification', async (answer, code) => {
  const paid = await payBy(sandbox, MANUAL)
  const intent = paid.session.payment_intent
  await expect(sandbox.control('POST', `microdeposits/${intent}`, answer)).rejects.toThrow('409')
  expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code },
  })
  expect((await eventTypes(sandbox, 'checkout.')).at(-1)).toBe('checkout.session.async_payment_failed')
  expect(await read(`/verify/${intent}`)).toContain('was not verified')
})

test('three wrong answers are too many; each of them counts, also through the API', async () => {
  const intent = (await payBy(sandbox, MANUAL)).session.payment_intent
  const guess = (): Promise<unknown> => stripe.paymentIntents.verifyMicrodeposits(intent, { amounts: [1, 2] })
  for (let index = 0; index < 2; index += 1)
    await expect(guess()).rejects.toMatchObject({
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
    })
  await expect(guess()).rejects.toMatchObject({
    code: 'payment_method_microdeposit_verification_attempts_exceeded',
  })
  expect((await stripe.paymentIntents.retrieve(intent)).status).toBe('requires_payment_method')
})

test('deposits that cannot be sent, and those that nobody confirms, end the payment', async () => {
  const unsent = (await payBy(sandbox, { ...MANUAL, bank_account: '000666666661' })).session.payment_intent
  const forgotten = (await payBy(sandbox, MANUAL)).session.payment_intent
  await sandbox.control('POST', 'clock/advance', { seconds: 60 })
  expect((await stripe.paymentIntents.retrieve(unsent)).last_payment_error?.code).toBe(
    'payment_method_microdeposit_failed',
  )
  expect((await stripe.paymentIntents.retrieve(forgotten)).status).toBe('requires_action')
  await sandbox.control('POST', 'clock/advance', { seconds: 10 * 86_400 })
  expect((await stripe.paymentIntents.retrieve(forgotten)).last_payment_error?.code).toBe(
    'payment_method_microdeposit_verification_timeout',
  )
})

test('a session for instant verification alone takes no typed numbers', async () => {
  const options = { us_bank_account: { verification_method: 'instant' as const } }
  const refused = await payBy(sandbox, MANUAL, { payment_method_options: options })
  expect(refused).toMatchObject({ outcome: 'invalid', errors: [{ code: 'bank_account_unverified' }] })
  expect(await read(`/c/pay/${refused.session.id}/bank`)).not.toContain('Enter account numbers')
})

test('twenty clicks on the same permission make one debit', async () => {
  const id = await openSession()
  const fields = { ...HOLDER, account: '000123456789' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(`/c/pay/${id}/bank/oauth`, fields)))
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([303]))
  const session = await stripe.checkout.sessions.retrieve(id)
  expect((await chargeOf(sandbox, String(session.payment_intent))).status).toBe('pending')
  expect((await stripe.charges.list()).data).toHaveLength(1)
})
