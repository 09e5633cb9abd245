import { readFileSync } from 'node:fs'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OPERATIONS } from '#scripts/sandbox/api/routes.ts'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())

async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('The call was not refused')
}

const subset = JSON.parse(readFileSync('scripts/sandbox/stripe-openapi-subset.json', 'utf8')) as {
  info: { version: string; description: string }
  paths: Record<string, Record<string, unknown>>
}

test('the schema subset and the SDK are of one version, of the API and of the types', () => {
  const again = 'generate the subset again after an upgrade of the SDK'
  expect(subset.info.version, again).toBe(Stripe.API_VERSION)
  // The types that it was generated from can change without the version of the API.
  const { version } = JSON.parse(readFileSync('node_modules/stripe/package.json', 'utf8')) as {
    version: string
  }
  expect(subset.info.description, again).toContain(`npm stripe@${version} `)
})

test('every endpoint of the sandbox is in the official subset', () => {
  const unknown = OPERATIONS.filter((one) => !subset.paths[one.template]?.[one.method.toLowerCase()])
  expect(unknown.map((one) => `${one.method} ${one.template}`)).toEqual([])
})

test('an endpoint that the sandbox lacks is an unrecognised address', async () => {
  const error = await refusal(stripe.products.retrieve('prod_1'))
  expect(error).toMatchObject({ statusCode: 404, type: 'StripeInvalidRequestError' })
  expect(error.message).toContain('Unrecognized request URL (GET: /v1/products/prod_1)')
})

test.each([
  ['no key', {}, 401],
  ['a live key', { authorization: 'Bearer sk_live_abc' }, 403],
  ['a publishable key', { authorization: 'Bearer pk_test_abc' }, 401],
  ['a test key', { authorization: 'Bearer sk_test_abc' }, 200],
  ['a test key as user name', { authorization: `Basic ${btoa('sk_test_abc:')}` }, 200],
])('%s is answered with the right status', async (_name, headers, status) => {
  const response = await fetch(`${sandbox.url}/v1/balance`, { headers })
  expect(response.status).toBe(status)
  expect(response.headers.get('request-id')).toMatch(/^req_/)
  expect(response.headers.get('stripe-version')).toBe(Stripe.API_VERSION)
})

test('an unknown parameter is refused by name, at any depth', async () => {
  const outer = { ...sessionParams(), payment_method_types: ['card'] } as Stripe.Checkout.SessionCreateParams
  expect(await refusal(stripe.checkout.sessions.create(outer))).toMatchObject({
    statusCode: 400,
    code: 'parameter_unknown',
    param: 'payment_method_types',
  })
  const priceData = { currency: 'usd', unit_amount: 100, colour: 'red', product_data: { name: 'x' } }
  const inner = sessionParams({ line_items: [{ quantity: 1, price_data: priceData }] })
  expect(await refusal(stripe.checkout.sessions.create(inner))).toMatchObject({
    code: 'parameter_unknown',
    param: 'line_items[0][price_data][colour]',
  })
})

test.each<[string, Partial<Stripe.Checkout.SessionCreateParams>, object]>([
  ['no mode', { mode: undefined as unknown as 'payment' }, { code: 'parameter_missing', param: 'mode' }],
  ['no lines', { line_items: [] }, { code: 'parameter_missing', param: 'line_items' }],
  ['no success address', { success_url: undefined as unknown as string }, { param: 'success_url' }],
  [
    'a strange address',
    { success_url: 'javascript:alert(1)' },
    { code: 'url_invalid', param: 'success_url' },
  ],
  ['an unknown customer', { customer: 'cus_none' }, { code: 'resource_missing', param: 'customer' }],
  ['an expiry too soon', { expires_at: 1 }, { param: 'expires_at' }],
  ['a total that is too small', { line_items: [line(49)] }, { code: 'amount_too_small' }],
  ['a total that is too large', { line_items: [line(100_000_000)] }, { code: 'amount_too_large' }],
  [
    'two currencies',
    { line_items: [line(100), line(100, 'eur')] },
    { param: 'line_items[1][price_data][currency]' },
  ],
  ['a fraction of a cent', { line_items: [line(10.5)] }, { code: 'parameter_invalid_integer' }],
  ['a value outside the choices', { submit_type: 'buy' as 'pay' }, { param: 'submit_type' }],
])('a session with %s is refused', async (_name, overrides, expected) => {
  const error = await refusal(stripe.checkout.sessions.create(sessionParams(overrides)))
  expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', ...expected })
})

function line(amount: number, currency = 'usd'): Stripe.Checkout.SessionCreateParams.LineItem {
  return { quantity: 1, price_data: { currency, unit_amount: amount, product_data: { name: 'Invoice' } } }
}

test('a new session is open, unpaid, without a payment, and reachable for a browser', async () => {
  const session = await stripe.checkout.sessions.create(sessionParams())
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_total: 12_345,
  })
  expect(session.url).toBe(`http://localhost:${sandbox.port}/c/pay/${session.id}`)
})

test('an unknown id is not found', async () => {
  expect(await refusal(stripe.checkout.sessions.retrieve('cs_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('lists go newest first, page in both directions and filter by time', async () => {
  const made: string[] = []
  for (let index = 0; index < 7; index += 1)
    made.unshift((await stripe.customers.create({ name: `C${index}` })).id)
  const first = await stripe.customers.list({ limit: 3 })
  expect(first.data.map((one) => one.id)).toEqual(made.slice(0, 3))
  expect(first.has_more).toBe(true)
  const next = await stripe.customers.list({ limit: 3, starting_after: made[2] ?? '' })
  expect(next.data.map((one) => one.id)).toEqual(made.slice(3, 6))
  const back = await stripe.customers.list({ limit: 2, ending_before: made[3] ?? '' })
  expect(back.data.map((one) => one.id)).toEqual(made.slice(1, 3))
  expect(back.has_more).toBe(true)
  const all = await stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
  expect(all.slice(0, 7).map((one) => one.id)).toEqual(made)
  const created = all[0]?.created ?? 0
  expect((await stripe.customers.list({ created: { gt: created } })).data).toEqual([])
  expect(
    (await stripe.customers.list({ created: { gte: created - 60 }, limit: 100 })).data.length,
  ).toBeGreaterThanOrEqual(7)
  expect(await refusal(stripe.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' })
  expect(await refusal(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
    code: 'resource_missing',
  })
})

test('sessions are found again by customer and time, to match one whose answer was lost', async () => {
  const customer = await stripe.customers.create({ email: 'ap@buyer.example' })
  const session = await stripe.checkout.sessions.create(sessionParams({ customer: customer.id }))
  const found = await stripe.checkout.sessions.list({
    customer: customer.id,
    created: { gte: session.created },
  })
  expect(found.data.map((one) => one.client_reference_id)).toEqual(['pay_1'])
})

test('answers expand what is asked, also inside lists, and refuse what cannot be expanded', async () => {
  const session = await stripe.checkout.sessions.create(sessionParams())
  await sandbox.control('POST', `sessions/${session.id}/pay`, {})
  const read = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge', 'setup_intent.payment_method', 'line_items'],
  })
  const intent = read.payment_intent as Stripe.PaymentIntent
  expect(intent.latest_charge).toMatchObject({
    object: 'charge',
    amount: 12_345,
    metadata: { payment_id: 'pay_1' },
  })
  expect(read.line_items?.data[0]).toMatchObject({ description: 'Invoice 1001', amount_total: 12_345 })
  const charges = await stripe.charges.list({ payment_intent: intent.id, expand: ['data.payment_intent'] })
  expect(charges.data[0]?.payment_intent).toMatchObject({ id: intent.id })
  expect((await refusal(stripe.charges.list({ expand: ['data.nonsense'] }))).message).toContain(
    'cannot be expanded',
  )
})

test('a payment made by a hosted page cannot be cancelled past the page', async () => {
  const session = await stripe.checkout.sessions.create(sessionParams())
  await sandbox.control('POST', `sessions/${session.id}/pay`, { card: '4000000000000002' })
  const [intent] = (await stripe.paymentIntents.list({ limit: 1 })).data
  expect(await refusal(stripe.paymentIntents.cancel(intent?.id ?? ''))).toMatchObject({ statusCode: 400 })
})

test('a request for another host name or from another site is refused', async () => {
  const foreign = await fetch(`${sandbox.url}/_sandbox/reset`, {
    method: 'POST',
    headers: { origin: 'http://evil.example' },
  })
  expect(foreign.status).toBe(403)
})
