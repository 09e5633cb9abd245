import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, sessionParams, startSandbox } from '#test/support/sandbox.ts'
import {
  balances,
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

const PAYMENT_EVENTS = ['checkout.', 'payment_intent.', 'charge.']

test('a debit is on its way after checkout and succeeds four business days later', async () => {
  const paid = await payBy(sandbox, { bank_account: '000123456789' })
  expect(paid).toMatchObject({
    outcome: 'processing',
    session: { status: 'complete', payment_status: 'unpaid' },
  })
  const intent = paid.session.payment_intent
  expect((await stripe.paymentIntents.retrieve(intent)).status).toBe('processing')
  const pending = await chargeOf(sandbox, intent)
  expect(pending.id).toMatch(/^py_/)
  expect(pending).toMatchObject({ status: 'pending', paid: false, balance_transaction: null })
  expect(pending.payment_method_details?.us_bank_account).toMatchObject({
    last4: '6789',
    routing_number: '110000000',
    expected_debit_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  })

  await waitBusinessDays(sandbox, 3)
  expect((await chargeOf(sandbox, intent)).status).toBe('pending')
  await waitBusinessDays(sandbox, 1)
  const charge = await chargeOf(sandbox, intent)
  expect(charge).toMatchObject({ status: 'succeeded', paid: true })
  const session = await stripe.checkout.sessions.retrieve(paid.session.id)
  expect(session).toMatchObject({ status: 'complete', payment_status: 'paid' })
  const money = await stripe.balanceTransactions.retrieve(String(charge.balance_transaction))
  expect(money).toMatchObject({ type: 'payment', amount: 12_345, fee: 99, net: 12_246, source: charge.id })
  expect(await eventTypes(sandbox, ...PAYMENT_EVENTS)).toEqual([
    'payment_intent.created',
    'charge.pending',
    'payment_intent.processing',
    'checkout.session.completed',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.async_payment_succeeded',
    'charge.updated',
  ])
})

test.each([
  ['000222222227', 'insufficient_funds', 'R01', null],
  ['000111111113', 'account_closed', 'R02', 'bank_account_closed'],
  ['000111111116', 'no_account', 'R03', 'bank_account_invalid_details'],
  ['000333333335', 'debit_not_authorized', 'R29', 'debit_not_authorized'],
  ['000444444440', 'payment_method_currency_mismatch', null, null],
  ['000888888885', 'bank_account_unusable', 'R04', 'tokenized_account_number_deactivated'],
])('a debit of %s comes back as %s', async (account, code, network, blocked) => {
  const paid = await payBy(sandbox, { bank_account: account })
  const method = paid.payment_method ?? ''
  await waitBusinessDays(sandbox, 4)
  const intent = await stripe.paymentIntents.retrieve(paid.session.payment_intent)
  expect(intent).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code } })
  const charge = await chargeOf(sandbox, intent.id)
  expect(charge).toMatchObject({
    status: 'failed',
    failure_code: code,
    outcome: { network_decline_code: network },
  })
  expect(await stripe.checkout.sessions.retrieve(paid.session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
  })
  expect(await balances(sandbox)).toEqual({ stated: -400, summed: -400 })
  const mandate = await stripe.mandates.retrieve(
    String(charge.payment_method_details?.us_bank_account?.mandate),
  )
  expect(mandate.status).toBe('inactive')
  const bankAccount = (await stripe.paymentMethods.retrieve(method)).us_bank_account
  expect(bankAccount?.status_details?.blocked?.reason ?? null).toBe(blocked)
  expect((await eventTypes(sandbox, ...PAYMENT_EVENTS)).slice(-3)).toEqual([
    'charge.failed',
    'payment_intent.payment_failed',
    'checkout.session.async_payment_failed',
  ])
  expect(await eventTypes(sandbox, 'payment_method.automatically_updated')).toHaveLength(blocked ? 1 : 0)
})

test('an unauthorised debit of a private person has the code of consumers', async () => {
  const paid = await payBy(sandbox, { bank_account: '000333333335', holder_type: 'individual' })
  await waitBusinessDays(sandbox, 4)
  expect(await chargeOf(sandbox, paid.session.payment_intent)).toMatchObject({
    failure_code: 'debit_not_authorized',
    outcome: { network_decline_code: 'R10' },
  })
})

test.each([
  ['000777777771', 'charge_exceeds_transaction_limit', 'invalid'],
  ['000000004954', 'payment_method_provider_decline', 'blocked'],
])('%s is refused before the bank is asked, and another way can pay', async (account, code, type) => {
  const refused = await payBy(sandbox, { bank_account: account })
  expect(refused).toMatchObject({ outcome: 'declined', error: { code }, session: { status: 'open' } })
  expect(await chargeOf(sandbox, refused.session.payment_intent)).toMatchObject({
    status: 'failed',
    outcome: { type },
  })
  const again = await sandbox.control('POST', `sessions/${refused.session.id}/pay`, {})
  expect(again).toMatchObject({ outcome: 'paid' })
  expect((await balances(sandbox)).summed).toBeGreaterThanOrEqual(0)
})

test.each([
  ['000999999991', 3 * 86_400, 'insufficient_funds'],
  ['000999999992', 30 * 86_400, 'debit_not_authorized'],
  ['000555555559', 3, 'debit_not_authorized'],
])('a debit of %s succeeds and is taken back later, for good', async (account, seconds, reason) => {
  const paid = await payBy(sandbox, { bank_account: account })
  await waitBusinessDays(sandbox, 4)
  expect((await stripe.paymentIntents.retrieve(paid.session.payment_intent)).status).toBe('succeeded')
  expect((await stripe.disputes.list()).data).toEqual([])
  await sandbox.control('POST', 'clock/advance', { seconds: seconds + 60 })
  const [dispute] = (await stripe.disputes.list()).data
  expect(dispute).toMatchObject({ reason, status: 'lost', amount: 12_345, is_charge_refundable: false })
  expect(dispute?.payment_method_details).toBeUndefined()
  expect((await stripe.paymentIntents.retrieve(paid.session.payment_intent)).status).toBe('succeeded')
  const movements = (await stripe.balanceTransactions.list({ type: 'adjustment' })).data
  expect(movements).toMatchObject([{ amount: -12_345, fee: 1_500, source: dispute?.id }])
  expect(await eventTypes(sandbox, 'charge.dispute')).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.closed',
  ])
  await expect(stripe.disputes.close(dispute?.id ?? '')).rejects.toMatchObject({ statusCode: 400 })
})

test('a debit that stays processing is ended by hand, one way or the other', async () => {
  const intents = []
  for (let index = 0; index < 3; index += 1)
    intents.push((await payBy(sandbox, { bank_account: '000000000009' })).session.payment_intent)
  const [first = '', second = '', third = ''] = intents
  await waitBusinessDays(sandbox, 10)
  expect((await stripe.paymentIntents.retrieve(first)).status).toBe('processing')
  await sandbox.control('POST', `payments/${first}/succeed`)
  await sandbox.control('POST', `payments/${second}/fail?code=R29`)
  expect((await stripe.paymentIntents.retrieve(first)).status).toBe('succeeded')
  expect(await chargeOf(sandbox, second)).toMatchObject({ outcome: { network_decline_code: 'R29' } })
  expect((await stripe.paymentIntents.cancel(third)).status).toBe('canceled')
  expect((await chargeOf(sandbox, third)).status).toBe('failed')
})

test('a debit can be canceled until the bank has it', async () => {
  const [early, late] = [
    await payBy(sandbox, { bank_account: '000123456789' }),
    await payBy(sandbox, { bank_account: '000123456789' }),
  ]
  await stripe.paymentIntents.cancel(early.session.payment_intent)
  await waitBusinessDays(sandbox, 1)
  await expect(stripe.paymentIntents.cancel(late.session.payment_intent)).rejects.toMatchObject({
    code: 'payment_intent_unexpected_state',
  })
  await waitBusinessDays(sandbox, 4)
  expect((await chargeOf(sandbox, early.session.payment_intent)).status).toBe('failed')
  expect((await chargeOf(sandbox, late.session.payment_intent)).status).toBe('succeeded')
})

test('only what the session allows can be paid with', async () => {
  const cardOnly = await payBy(
    sandbox,
    { bank_account: '000123456789' },
    { allowed_payment_method_types: ['card'] },
  )
  expect(cardOnly).toMatchObject({ outcome: 'invalid', errors: [{ field: 'method' }] })
  const bankOnly = await payBy(sandbox, {}, { allowed_payment_method_types: ['us_bank_account'] })
  expect(bankOnly.outcome).toBe('invalid')
  const euro = [
    { quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'x' } } },
  ]
  const params = sessionParams({ allowed_payment_method_types: ['us_bank_account'], line_items: euro })
  await expect(stripe.checkout.sessions.create(params)).rejects.toMatchObject({
    param: 'allowed_payment_method_types',
  })
})

test('with ACH_INSTANT the bank answers at once', async () => {
  const quick = await startSandbox({ env: { ACH_INSTANT: '1' } })
  try {
    const paid = await payBy(quick, { bank_account: '000123456789' })
    await quick.control('POST', 'clock/advance', { seconds: 1 })
    expect(await chargeOf(quick, paid.session.payment_intent)).toMatchObject({ status: 'succeeded' })
  } finally {
    await quick.stop()
  }
})

test('an account linked at the bank has a balance and an owner that can be read', async () => {
  const paid = await payBy(sandbox, { bank_account: '000222222227', name: 'Acme Works Inc' })
  const method = await stripe.paymentMethods.retrieve(paid.payment_method ?? '')
  const id = String(method.us_bank_account?.financial_connections_account)
  const linked = await stripe.financialConnections.accounts.retrieve(id, { expand: ['ownership'] })
  expect(linked).toMatchObject({
    permissions: ['payment_method', 'balances', 'ownership'],
    balance: { cash: { available: { usd: 120 } } },
    ownership: { owners: { data: [{ name: 'Acme Works Inc' }] } },
  })
})
