import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'
import { chargeOf, payBy, startBusinessDay } from '#test/support/sandbox-payments.ts'

let sandbox: SandboxProcess
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())
beforeEach(() => startBusinessDay(sandbox))

test.each(['apple_pay', 'google_pay'] as const)('%s pays as a card in a wallet', async (wallet) => {
  const paid = await payBy(sandbox, { wallet })
  expect(paid.outcome).toBe('paid')
  const charge = await chargeOf(sandbox, paid.session.payment_intent)
  expect(charge.payment_method_details).toMatchObject({
    type: 'card',
    card: {
      last4: '4242',
      wallet: { type: wallet, dynamic_last4: expect.stringMatching(/^\d{4}$/), [wallet]: {} },
    },
  })
})

test('a card in a wallet can be declined, and is not asked about by its bank', async () => {
  expect(await payBy(sandbox, { wallet: 'apple_pay', card: '4000000000009995' })).toMatchObject({
    outcome: 'declined',
    error: { decline_code: 'insufficient_funds' },
  })
  expect((await payBy(sandbox, { wallet: 'google_pay', card: '4000002760003184' })).outcome).toBe('paid')
})

test('Link is a way to pay of its own', async () => {
  const paid = await payBy(sandbox, { link: true })
  expect(paid.outcome).toBe('paid')
  const charge = await chargeOf(sandbox, paid.session.payment_intent)
  expect(charge.payment_method_details?.type).toBe('link')
  expect((await stripe.paymentMethods.retrieve(String(charge.payment_method))).link?.email).toBe(
    'payer@example.com',
  )
})

test('Link is not offered where it is hidden or not allowed', async () => {
  const hidden = await payBy(sandbox, { link: true }, { wallet_options: { link: { display: 'never' } } })
  expect(hidden.outcome).toBe('invalid')
  const cards = await payBy(sandbox, { link: true }, { allowed_payment_method_types: ['card'] })
  expect(cards.outcome).toBe('invalid')
})

test('the hosted page offers wallets and Link without scripts', async () => {
  const session = await stripe.checkout.sessions.create(sessionParams())
  const base = `${sandbox.url}/c/pay/${session.id}`
  const page = await (await fetch(base)).text()
  for (const label of ['Apple Pay', 'Google Pay', 'Link']) expect(page).toContain(`>${label}</a>`)
  const wallet = await (await fetch(`${base}/wallet/apple_pay`)).text()
  expect(wallet).toContain('aria-current="page">Apple Pay')
  expect(wallet).not.toContain('<script')
  const wrong = await fetch(`${base}/link`, { method: 'POST', body: new URLSearchParams({ email: 'x' }) })
  expect(wrong.status).toBe(422)
  const body = new URLSearchParams({ email: 'ap@buyer.example' })
  const paid = await fetch(`${base}/link`, { method: 'POST', body, redirect: 'manual' })
  expect(paid.status).toBe(303)
  expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
})
