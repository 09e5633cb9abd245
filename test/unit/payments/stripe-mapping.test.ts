import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { chargeAnswer, checkoutAnswer, disputeAnswer, refundAnswer } from '#app/gateways/stripe/answers.ts'
import { WATCHED_EVENTS } from '#app/gateways/stripe/client.server.ts'
import { asFault } from '#app/gateways/stripe/errors.ts'
import {
  chargeReading,
  checkoutReading,
  checkoutRequest,
  storedCheckout,
} from '#app/gateways/stripe/mapping.ts'
import { disputeReading, refundReading } from '#app/gateways/stripe/money-back-mapping.ts'
import { fromStripe, stripeScale, toStripe } from '#app/gateways/stripe/stripe-scale.ts'

const INPUT = {
  reference: 'pay_1',
  processorCustomerId: 'cus_1',
  currency: 'USD',
  description: 'two invoices',
  lines: [
    { name: 'Invoice 1', amountMinor: 124_050n },
    { name: 'Invoice 2', amountMinor: 1n },
  ],
  expiresAt: new Date('2026-11-20T12:35:00Z'),
  successUrl: 'http://localhost/pay/return?session_id={CHECKOUT_SESSION_ID}',
  cancelUrl: 'http://localhost/c/1',
  methods: ['us_bank_account', 'card'] as const,
}

test('amounts cross into numbers only while they are exact', () => {
  expect(toStripe(2n ** 53n - 1n, 'USD')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => toStripe(2n ** 53n, 'USD')).toThrow(RangeError)
  expect(() => checkoutRequest({ ...INPUT, lines: [{ name: 'x', amountMinor: 2n ** 60n }] })).toThrow(
    RangeError,
  )
})

test('a stored request comes back from the database as the same form, whatever order its keys are in', () => {
  const request = checkoutRequest(INPUT)
  const shuffled = Object.fromEntries(Object.entries(structuredClone(request)).toReversed())
  expect(JSON.stringify(storedCheckout.parse(shuffled))).toBe(JSON.stringify(request))
  expect(() => storedCheckout.parse({ ...request, discounts: [] })).toThrow()
})

test('an answer with an amount that is no safe integer is malformed', () => {
  const charge = {
    id: 'ch_1',
    object: 'charge',
    currency: 'usd',
    amount: 5,
    amount_refunded: 0,
    disputed: false,
    created: 1,
  }
  expect(chargeReading(chargeAnswer.parse(charge)).amountMinor).toBe(5n)
  for (const amount of [5.5, 2 ** 53, -1, '5', null])
    expect(chargeAnswer.safeParse({ ...charge, amount }).success).toBe(false)
})

test('a status that we do not know is malformed, not guessed at', () => {
  const session = { id: 'cs_1', object: 'checkout.session', status: 'open', created: 1, expires_at: 2 }
  expect(checkoutAnswer.safeParse(session).success).toBe(true)
  expect(checkoutAnswer.safeParse({ ...session, status: 'paused' }).success).toBe(false)
})

function stripeError(statusCode: number | undefined, facts: Partial<Stripe.StripeRawError> = {}): Error {
  const raw = {
    message: 'text',
    type: 'api_error',
    ...facts,
    ...(statusCode === undefined ? {} : { statusCode }),
  }
  const { errors } = Stripe
  if (facts.type === 'idempotency_error')
    return new errors.StripeIdempotencyError(raw as Stripe.StripeRawError)
  if (statusCode === undefined) return new errors.StripeConnectionError(raw as Stripe.StripeRawError)
  return new errors.StripeAPIError(raw as Stripe.StripeRawError)
}

test.each([
  ['400', stripeError(400), 'rejected', 'rejected'],
  ['402', stripeError(402), 'rejected', 'rejected'],
  ['404', stripeError(404), 'rejected', 'rejected'],
  ['401: a key that was changed', stripeError(401), 'unavailable', 'unavailable'],
  ['403: a key with too few rights', stripeError(403), 'unavailable', 'unavailable'],
  ['409 key in use', stripeError(409, { code: 'idempotency_key_in_use' }), 'indeterminate', 'indeterminate'],
  [
    'the key with other parameters',
    stripeError(400, { type: 'idempotency_error' }),
    'indeterminate',
    'indeterminate',
  ],
  ['429', stripeError(429), 'unavailable', 'unavailable'],
  ['500', stripeError(500), 'indeterminate', 'unavailable'],
  ['no answer', stripeError(undefined), 'indeterminate', 'unavailable'],
  ['a malformed answer', new TypeError('x'), 'indeterminate', 'unavailable'],
])('%s: a write is %3$s, a read is %4$s', (_what, error, asWrite, asRead) => {
  expect(asFault(error, 'op', true).kind).toBe(asWrite)
  expect(asFault(error, 'op', false).kind).toBe(asRead)
})

test('a fault says nothing that the vendor said in words', () => {
  const fault = asFault(stripeError(402, { message: 'card 4242 of Jane Doe' }), 'op', true)
  expect(fault).toBeInstanceOf(GatewayFault)
  expect(fault.message).not.toContain('Jane')
  expect(fault.cause).toBeUndefined()
})

test('the list of events fits into one question', () => {
  expect(new Set(WATCHED_EVENTS).size).toBe(WATCHED_EVENTS.length)
  expect(WATCHED_EVENTS.length).toBeLessThanOrEqual(20)
})

test.each([
  ['USD', 1_240n, 1_240],
  ['JPY', 500n, 500],
  ['ISK', 5n, 500],
  ['UGX', 5n, 500],
  ['MGA', 500n, 5],
  ['KWD', 5_120n, 5_120],
  ['HUF', 1_045n, 1_045],
])('%s: %i of our minor units are %i of Stripe’s, and back', (currency, ours, theirs) => {
  expect(toStripe(ours, currency)).toBe(theirs)
  expect(fromStripe(theirs, currency)).toBe(ours)
  expect(fromStripe(-theirs, currency.toLowerCase())).toBe(-ours)
})

test('what Stripe cannot take exactly is refused, and what is no amount of ours is no reading', () => {
  for (const [minor, currency] of [
    [505n, 'MGA'],
    [5_124n, 'KWD'],
    [1n, 'CLF'],
    [1n, 'IQD'],
    [1n, 'NOPE'],
  ] as const)
    expect.soft(() => toStripe(minor, currency), currency).toThrow(RangeError)
  expect(() => fromStripe(501, 'ISK')).toThrow(RangeError)
  // Stripe may answer three digits that it would not take.
  expect(fromStripe(5_124, 'KWD')).toBe(5_124n)
  expect([stripeScale('KWD')?.step, stripeScale('MGA')?.step, stripeScale('ISK')?.step]).toEqual([
    10n,
    100n,
    1n,
  ])
})

test('every amount that crosses is scaled: the request, what came in, fee, refund and dispute', () => {
  const line = checkoutRequest({ ...INPUT, currency: 'ISK', lines: [{ name: 'x', amountMinor: 7n }] })
  expect(line.line_items[0]?.price_data.unit_amount).toBe(700)
  const base = { currency: 'isk', created: 1 }
  const charge = {
    ...{ ...base, id: 'ch_1', object: 'charge', amount: 700, amount_refunded: 300, disputed: true },
    balance_transaction: { ...base, id: 'txn_1', fee: 200 },
  }
  const intent = {
    ...{ ...base, id: 'pi_1', object: 'payment_intent', status: 'succeeded' },
    ...{ amount: 700, amount_received: 700 },
  }
  const session = { ...base, id: 'cs_1', object: 'checkout.session', status: 'complete', expires_at: 2 }
  const whole = { ...session, amount_total: 700, payment_intent: { ...intent, latest_charge: charge } }
  expect(checkoutReading(checkoutAnswer.parse(whole))).toMatchObject({
    amountMinor: 7n,
    intent: { receivedMinor: 7n, charge: { amountMinor: 7n, refundedMinor: 3n, fee: { feeMinor: 2n } } },
  })
  const refund = refundAnswer.parse({ ...base, id: 're_1', amount: 300, status: 'succeeded' })
  expect(refundReading(refund).amountMinor).toBe(3n)
  const dispute = { ...base, id: 'du_1', amount: 700, status: 'lost', reason: 'general' }
  expect(disputeReading(disputeAnswer.parse({ ...dispute, balance_transactions: [] })).amountMinor).toBe(7n)
})

test.each([
  ['a fraction', 200.5],
  ['text', '200'],
  ['nothing', undefined],
  ['beyond what is exact', 2 ** 53],
])('a fee that is %s is left to a person, and what it is of is read all the same', (_what, fee) => {
  const base = { currency: 'usd', created: 1 }
  const movement = { ...base, id: 'txn_1', fee }
  const charge = { ...base, id: 'ch_1', object: 'charge', amount: 700, amount_refunded: 0, disputed: false }
  expect(chargeReading(chargeAnswer.parse({ ...charge, balance_transaction: movement }))).toMatchObject({
    amountMinor: 700n,
    fee: { feeMinor: null, balanceTransactionId: 'txn_1' },
  })
  const dispute = { ...base, id: 'du_1', amount: 700, status: 'lost', reason: 'general' }
  const taken = { ...dispute, balance_transactions: [{ ...movement, amount: -700 }] }
  expect(disputeReading(disputeAnswer.parse(taken))).toMatchObject({
    amountMinor: 700n,
    state: 'lost',
    fees: [{ feeMinor: null }],
  })
})

test('a fee that is finer than our minor unit is rounded to the nearest, half away from zero', () => {
  const movement = { id: 'txn_1', currency: 'isk', created: 1 }
  const charge = { id: 'ch_1', object: 'charge', currency: 'isk', amount: 70_000, amount_refunded: 0 }
  const feeOf = (fee: number) =>
    chargeReading(
      chargeAnswer.parse({
        ...charge,
        ...{ disputed: false, created: 1, balance_transaction: { ...movement, fee } },
      }),
    ).fee?.feeMinor
  expect([249, 250, -249, -250, 200].map(feeOf)).toEqual([2n, 3n, -2n, -3n, 2n])
})
