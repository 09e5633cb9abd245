import Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Store } from '#scripts/sandbox/store.ts'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import {
  chargeOf,
  eventTypes,
  payBy,
  saveMethod,
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

const ACCEPTED = {
  customer_acceptance: { type: 'online' as const, online: { ip_address: '192.0.2.1', user_agent: 'x' } },
}

/** Charges a method as autopay does; a card error is answered, not thrown. */
async function charge(
  method: string,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<{ intent: Stripe.PaymentIntent; error: Stripe.errors.StripeError | null }> {
  const params = {
    amount: 5_000,
    currency: 'usd',
    payment_method: method,
    off_session: true,
    confirm: true,
    ...more,
  }
  try {
    return { intent: await stripe.paymentIntents.create(params), error: null }
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError) || !error.payment_intent) throw error
    return { intent: error.payment_intent, error }
  }
}

/** A customer who saved a card while paying, the bank's check passed where it asked. */
async function savedCard(card: string): Promise<{ customer: string; payment_method: string }> {
  const { customer, method } = await saveMethod(sandbox, { card, challenge: 'pass' })
  return { customer, payment_method: method }
}

/** A token of a verified account, as the service for linking banks would leave it. */
async function bankToken(account: string): Promise<string> {
  const store = new Store(sandbox.dataDir)
  try {
    const id = `btok_${account}`
    store.insert<'token'>(
      {
        id,
        object: 'token',
        bank_account: {
          id: 'ba_within_token',
          object: 'bank_account',
          account_holder_name: 'Acme Works Inc',
          account_holder_type: 'company',
          account_type: 'checking',
          bank_name: 'First Platypus Bank',
          country: 'US',
          currency: 'usd',
          fingerprint: null,
          last4: account.slice(-4),
          routing_number: '110000000',
          status: 'verified',
        },
        client_ip: null,
        created: 1,
        livemode: false,
        type: 'bank_account',
        used: false,
      },
      { account },
    )
    return id
  } finally {
    store.close()
  }
}

test.each([
  ['4242424242424242', 'succeeded', null],
  ['4000002500003155', 'succeeded', null],
  ['4000002760003184', 'requires_payment_method', 'authentication_required'],
  ['4000003800000446', 'succeeded', null],
])('the saved card %s, charged without the customer, ends %s', async (card, status, code) => {
  const { customer, payment_method } = await savedCard(card)
  const { intent, error } = await charge(payment_method, { customer })
  expect(intent.status).toBe(status)
  expect(error?.code ?? null).toBe(code)
  expect(error?.decline_code ?? null).toBe(code)
})

test('a card that needs the check and was only attached is refused off session', async () => {
  const customer = (await stripe.customers.create({})).id
  const method = await stripe.paymentMethods.attach('pm_card_authenticationRequiredOnSetup', { customer })
  const { error } = await charge(method.id, { customer })
  expect(error?.code).toBe('authentication_required')
})

test.each([
  ['pm_card_chargeCustomerFail', 'generic_decline', 'try_again_later'],
  ['pm_card_visa_chargeDeclinedLostCard', 'lost_card', 'do_not_try_again'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds', 'try_again_later'],
])('%s attached and charged is declined as %s with the advice %s', async (token, decline, advice) => {
  const customer = (await stripe.customers.create({})).id
  const method = await stripe.paymentMethods.attach(token, { customer })
  const { intent, error } = await charge(method.id, { customer })
  expect(error).toMatchObject({
    statusCode: 402,
    code: 'card_declined',
    decline_code: decline,
    advice_code: advice,
  })
  expect(intent).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { decline_code: decline },
  })
  expect(error?.payment_intent?.id).toBe(intent.id)
})

test('a declined payment is confirmed again with another method, or canceled', async () => {
  const { intent } = await charge('pm_card_visa_chargeDeclined')
  const paid = await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_visa',
    off_session: true,
  })
  expect(paid.status).toBe('succeeded')
  await expect(stripe.paymentIntents.cancel(intent.id)).rejects.toMatchObject({ statusCode: 400 })
  const other = await charge('pm_card_visa_chargeDeclined')
  expect((await stripe.paymentIntents.cancel(other.intent.id)).status).toBe('canceled')
})

test('the same key replays a decline; a new key tries again', async () => {
  const params = {
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_visa_chargeDeclined',
    off_session: true,
    confirm: true,
  }
  const attempt = (key: string): Promise<unknown> =>
    stripe.paymentIntents
      .create(params, { idempotencyKey: key })
      .catch((error: Stripe.errors.StripeError) => error.payment_intent?.id)
  const first = await attempt('autopay:1')
  expect(await attempt('autopay:1')).toBe(first)
  expect(await attempt('autopay:2')).not.toBe(first)
})

test('a saved bank account is debited under its mandate', async () => {
  const { customer, method } = await saveMethod(sandbox, { bank_account: '000123456789' })
  const { intent } = await charge(method, { customer })
  expect(intent.status).toBe('processing')
  const made = await chargeOf(sandbox, intent.id)
  const mandate = await stripe.mandates.retrieve(
    String(made.payment_method_details?.us_bank_account?.mandate),
  )
  expect(mandate).toMatchObject({ type: 'multi_use', status: 'active' })
  await waitBusinessDays(sandbox, 4)
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')
})

test.each([
  ['pm_usBankAccount_insufficientFunds', 'insufficient_funds'],
  ['pm_usBankAccount_accountClosed', 'account_closed'],
  ['pm_usBankAccount_debitNotAuthorized', 'debit_not_authorized'],
])('the token %s is debited with consent and comes back as %s', async (token, code) => {
  await expect(charge(token)).rejects.toMatchObject({ code: 'payment_intent_mandate_invalid' })
  const { intent } = await charge(token, { off_session: false, mandate_data: ACCEPTED })
  expect(intent.status).toBe('processing')
  await waitBusinessDays(sandbox, 4)
  expect((await chargeOf(sandbox, intent.id)).failure_code).toBe(code)
})

test('after a late return the mandate is gone and the next debit is refused', async () => {
  const { customer, method, paid } = await saveMethod(sandbox, { bank_account: '000123456789' })
  await waitBusinessDays(sandbox, 4)
  await sandbox.control('POST', `payments/${paid.session.payment_intent}/late_return?code=R10`)
  await expect(charge(method, { customer })).rejects.toMatchObject({
    message: expect.stringContaining('no existing mandate was found'),
  })
  const again = await charge(method, { customer, off_session: false, mandate_data: ACCEPTED })
  await waitBusinessDays(sandbox, 4)
  await sandbox.control('POST', `payments/${again.intent.id}/late_return?code=R29`)
  const blocked = (await stripe.paymentMethods.retrieve(method)).us_bank_account?.status_details?.blocked
  expect(blocked).toEqual({ network_code: 'R29', reason: 'debit_not_authorized' })
  await expect(charge(method, { customer, mandate_data: ACCEPTED })).rejects.toMatchObject({
    code: 'payment_method_bank_account_blocked',
  })
  expect(await eventTypes(sandbox, 'mandate.updated', 'payment_method.automatically_updated')).toContain(
    'payment_method.automatically_updated',
  )
})

test('a bank token becomes, once, a verified account that is a payment method', async () => {
  const customer = (await stripe.customers.create({})).id
  const token = await bankToken('000222222227')
  const source = await stripe.customers.createSource(customer, { source: token })
  expect(source).toMatchObject({ object: 'bank_account', status: 'verified', last4: '2227', customer })
  expect(source.id).toMatch(/^ba_/)
  await expect(stripe.customers.createSource(customer, { source: token })).rejects.toMatchObject({
    code: 'token_already_used',
  })
  expect((await stripe.tokens.retrieve(token)).used).toBe(true)
  const listed = await stripe.customers.listPaymentMethods(customer, { type: 'us_bank_account' })
  expect(listed.data.map((one) => one.id)).toEqual([source.id])

  const setup = await stripe.setupIntents.create({
    customer,
    payment_method: source.id,
    confirm: true,
    mandate_data: ACCEPTED,
  })
  expect(setup.status).toBe('succeeded')
  const { intent } = await charge(source.id, { customer, allowed_payment_method_types: ['us_bank_account'] })
  expect(intent.status).toBe('processing')
  await waitBusinessDays(sandbox, 4)
  expect((await chargeOf(sandbox, intent.id)).failure_code).toBe('insufficient_funds')
})

test('a deleted bank account is gone as a source and as a payment method', async () => {
  const customer = (await stripe.customers.create({})).id
  const { id } = await stripe.customers.createSource(customer, { source: await bankToken('000123456789') })
  expect((await stripe.customers.listSources(customer)).data.map((one) => one.id)).toEqual([id])
  expect(await stripe.customers.deleteSource(customer, id)).toMatchObject({ id, deleted: true })
  expect((await stripe.customers.listSources(customer)).data).toEqual([])
  expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
  expect(await eventTypes(sandbox, 'customer.source')).toEqual([
    'customer.source.created',
    'customer.source.deleted',
  ])
})

test('an account that came by token pays a session of its customer', async () => {
  const customer = (await stripe.customers.create({})).id
  const source = await stripe.customers.createSource(customer, { source: await bankToken('000123456789') })
  expect((await payBy(sandbox, { payment_method: source.id }, { customer })).outcome).toBe('processing')
})

test('typed bank numbers in a request wait for small deposits', async () => {
  const bank = {
    routing_number: '110000000',
    account_number: '000123456789',
    account_holder_type: 'company' as const,
  }
  const intent = await stripe.paymentIntents.create({
    amount: 5_000,
    currency: 'usd',
    confirm: true,
    mandate_data: ACCEPTED,
    payment_method_data: {
      type: 'us_bank_account',
      us_bank_account: bank,
      billing_details: { name: 'Acme' },
    },
  })
  expect(intent.next_action?.type).toBe('verify_with_microdeposits')
})

test('a method of a type that the payment does not allow is refused', async () => {
  const call = charge('pm_usBankAccount_success', {
    allowed_payment_method_types: ['card'],
    mandate_data: ACCEPTED,
  })
  await expect(call).rejects.toMatchObject({ code: 'payment_intent_incompatible_payment_method' })
})
