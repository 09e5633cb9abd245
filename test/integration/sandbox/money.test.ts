import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox()
  stripe = sandbox.stripe
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.control('POST', 'reset'))

/** Pays 123.45 with a card and answers the payment's id. */
async function pay(card = '4242424242424242'): Promise<string> {
  const session = await stripe.checkout.sessions.create(sessionParams())
  const paid = await sandbox.control<{ session: { payment_intent: string } }>(
    'POST',
    `sessions/${session.id}/pay`,
    { card },
  )
  return paid.session.payment_intent
}

async function chargeOf(intent: string): Promise<Stripe.Charge> {
  const [charge] = (await stripe.charges.list({ payment_intent: intent })).data
  if (!charge) throw new Error(`No charge of ${intent}`)
  return charge
}

async function eventTypes(prefix: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  return data
    .map((event) => event.type)
    .filter((type) => type.startsWith(prefix))
    .reverse()
}

/** What the balance says, and what its movements add up to. */
async function balances(): Promise<{ stated: number; summed: number }> {
  const balance = await stripe.balance.retrieve()
  const movements = await stripe.balanceTransactions.list({ limit: 100 })
  const stated = [...balance.available, ...balance.pending].reduce((sum, one) => sum + one.amount, 0)
  return { stated, summed: movements.data.reduce((sum, one) => sum + one.net, 0) }
}

test('refunds in parts up to the whole; the fee is kept', async () => {
  const intent = await pay()
  const first = await stripe.refunds.create({
    payment_intent: intent,
    amount: 2_345,
    metadata: { refund_id: 'ref_1' },
  })
  expect(first).toMatchObject({ status: 'succeeded', amount: 2_345, metadata: { refund_id: 'ref_1' } })
  expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 2_345, refunded: false })
  await expect(stripe.refunds.create({ payment_intent: intent, amount: 10_001 })).rejects.toMatchObject({
    statusCode: 400,
  })
  await stripe.refunds.create({ payment_intent: intent })
  expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 12_345, refunded: true })
  await expect(stripe.refunds.create({ payment_intent: intent })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  })
  expect(await balances()).toEqual({ stated: -388, summed: -388 })
  expect(await eventTypes('refund.')).toEqual(['refund.created', 'refund.created'])
  expect(await eventTypes('charge.refunded')).toEqual(['charge.refunded', 'charge.refunded'])
})

test('a refund can be pending first and succeed later', async () => {
  const intent = await pay('4000000000007726')
  const refund = await stripe.refunds.create({ payment_intent: intent })
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
  await sandbox.control('POST', 'clock/advance', { seconds: 60 })
  expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded')
  expect(await eventTypes('refund.')).toEqual(['refund.created', 'refund.updated'])
})

test('a refund can fail later, and the money comes back to the balance', async () => {
  const intent = await pay('4000000000005126')
  const refund = await stripe.refunds.create({ payment_intent: intent })
  expect(refund.status).toBe('succeeded')
  await sandbox.control('POST', 'clock/advance', { seconds: 60 })
  const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })
  expect(failed).toMatchObject({
    status: 'failed',
    failure_balance_transaction: { type: 'refund_failure', net: 12_345 },
  })
  expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 0, refunded: false })
  expect(await balances()).toEqual({ stated: 11_957, summed: 11_957 })
  expect(await eventTypes('refund.')).toEqual(['refund.created', 'refund.failed'])
})

test.each([
  ['4000000000000259', 'fraudulent', 'needs_response', -1_500 - 388],
  ['4000000000002685', 'product_not_received', 'needs_response', -1_500 - 388],
  ['4000000000001976', 'fraudulent', 'warning_needs_response', 11_957],
])('the card %s is disputed as %s', async (card, reason, status, balance) => {
  const intent = await pay(card)
  await sandbox.control('POST', 'clock/advance', { seconds: 10 })
  const disputes = await stripe.disputes.list({ payment_intent: intent })
  expect(disputes.data).toMatchObject([{ reason, status, amount: 12_345 }])
  expect((await chargeOf(intent)).disputed).toBe(true)
  expect(await balances()).toEqual({ stated: balance, summed: balance })
  const withdrawn = status === 'needs_response' ? ['charge.dispute.funds_withdrawn'] : []
  expect(await eventTypes('charge.dispute')).toEqual(['charge.dispute.created', ...withdrawn])
})

test('a fraud warning moves no money, several disputes share the charge', async () => {
  await pay('4000000000005423')
  const several = await pay('4000000404000079')
  await sandbox.control('POST', 'clock/advance', { seconds: 10 })
  expect(await eventTypes('radar.')).toEqual(['radar.early_fraud_warning.created'])
  expect((await stripe.disputes.list({ payment_intent: several })).data.map((one) => one.amount)).toEqual([
    6_172, 6_172,
  ])
  await expect(stripe.refunds.create({ payment_intent: several })).rejects.toMatchObject({
    code: 'charge_disputed',
  })
})

test('any succeeded payment can be disputed by hand, an unpaid one cannot', async () => {
  const intent = await pay()
  await sandbox.control('POST', `payments/${intent}/dispute?reason=duplicate`)
  expect((await stripe.disputes.list()).data).toMatchObject([
    { reason: 'duplicate', charge: (await chargeOf(intent)).id },
  ])
  const declined = await pay('4000000000000002')
  await expect(sandbox.control('POST', `payments/${declined}/dispute`)).rejects.toThrow('409')
})

test('money is pending for two business days, unless the card skips that', async () => {
  // An hour before the daily payout of a business day.
  await sandbox.control('POST', 'clock/advance', { businessDays: 1 })
  await pay()
  await pay('4000000000000077')
  await sandbox.control('POST', 'clock/advance', { seconds: 5 })
  const before = await stripe.balance.retrieve()
  expect([before.available[0]?.amount, before.pending[0]?.amount]).toEqual([11_957, 11_957])
  await sandbox.control('POST', 'clock/advance', { businessDays: 2 })
  const after = await stripe.balance.retrieve()
  // What was available at once has gone out with the daily payout meanwhile.
  expect([after.available[0]?.amount, after.pending[0]?.amount]).toEqual([11_957, 0])
})

test.each([
  ['pm_card_visa', 'succeeded', null],
  ['pm_card_authenticationRequired', 'requires_payment_method', 'authentication_required'],
  ['pm_card_authenticationRequiredOnSetup', 'requires_payment_method', 'authentication_required'],
  ['pm_card_authenticationRequiredSetupForOffSession', 'succeeded', null],
  [
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'requires_payment_method',
    'card_declined',
  ],
  ['pm_card_chargeCustomerFail', 'requires_payment_method', 'card_declined'],
])('%s charged without the customer ends %s', async (token, status, code) => {
  const call = stripe.paymentIntents.create({
    amount: 5_000,
    currency: 'usd',
    payment_method: token,
    off_session: true,
    confirm: true,
  })
  const result = await call.catch((error: Stripe.errors.StripeCardError) => error)
  const intent = 'object' in result ? result : result.payment_intent
  expect(intent?.status).toBe(status)
  expect('object' in result ? null : result.code).toBe(code)
})

test('a payment that waits for the bank is moved on by hand', async () => {
  const params = {
    amount: 5_000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
  }
  const waiting = await stripe.paymentIntents.create(params)
  expect(waiting.status).toBe('requires_action')
  await sandbox.control('POST', `payments/${waiting.id}/succeed`)
  expect((await stripe.paymentIntents.retrieve(waiting.id)).status).toBe('succeeded')
  const cancelled = await stripe.paymentIntents.cancel((await stripe.paymentIntents.create(params)).id)
  expect(cancelled.status).toBe('canceled')
})
