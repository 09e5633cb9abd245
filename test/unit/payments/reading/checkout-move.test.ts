import { expect, test } from 'vitest'
import type {
  CheckoutReading,
  CheckoutStatus,
  IntentReading,
  IntentStatus,
} from '#app/gateways/stripe/port.ts'
import { chargeMove, effectiveDay, nextMove, settlementDay } from '#app/payments/reading/checkout-move.ts'
import { intentReading } from '#test/support/readings.ts'

const AT = new Date('2026-11-20T12:00:00Z')

function reading(
  status: CheckoutStatus,
  intentStatus: IntentStatus | null,
  failureCode: string | null = null,
): CheckoutReading {
  const intent: IntentReading | null =
    intentStatus === null ? null : intentReading({ status: intentStatus, receivedMinor: 100n, failureCode })
  return {
    checkoutId: 'cs_1',
    reference: 'pay_1',
    processorCustomerId: 'cus_1',
    status,
    url: null,
    currency: 'USD',
    amountMinor: 100n,
    createdAt: AT,
    expiresAt: AT,
    intent,
  }
}

test.each([
  ['open', null, 'awaiting_customer'],
  ['open', 'awaiting_method', 'awaiting_customer'],
  ['open', 'awaiting_confirmation', 'awaiting_customer'],
  ['open', 'awaiting_action', 'requires_action'],
  ['open', 'canceled', 'awaiting_customer'],
  ['open', 'processing', 'processing'],
  ['open', 'succeeded', 'settled'],
  ['complete', 'succeeded', 'settled'],
  ['complete', 'processing', 'processing'],
  ['complete', 'awaiting_action', 'requires_action'],
  ['complete', 'awaiting_method', 'failed'],
  ['complete', 'canceled', 'canceled'],
  ['complete', 'awaiting_capture', 'exception'],
  ['complete', null, 'exception'],
  ['expired', null, 'expired'],
  ['expired', 'canceled', 'expired'],
  ['expired', 'awaiting_method', 'expired'],
  ['expired', 'processing', 'processing'],
  ['expired', 'succeeded', 'settled'],
] as const)('checkout %s with payment %s means %s', (status, intent, to) => {
  expect(nextMove(reading(status, intent), false).to).toBe(to)
})

test('a checkout that a payer asked us to close ends as cancelled, unless it was paid first', () => {
  expect(nextMove(reading('expired', null), true).to).toBe('canceled')
  expect(nextMove(reading('complete', 'succeeded'), true).to).toBe('settled')
})

test('a decline keeps the payment waiting and hands on its code', () => {
  expect(nextMove(reading('open', 'awaiting_method', 'insufficient_funds'), false)).toEqual({
    to: 'awaiting_customer',
    failureCode: 'insufficient_funds',
  })
})

test('a bank debit counts as paid on the day it has settled, not on that of its start', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  const createdAt = new Date('2026-11-16T12:00:00Z')
  expect(settlementDay('UTC', { method: 'us_bank_account', createdAt }, now)).toBe('2026-11-21')
  expect(settlementDay('UTC', { method: 'card', createdAt }, now)).toBe('2026-11-16')
  expect(settlementDay('UTC', null, now)).toBe('2026-11-21')
})

test('money counts on the day of its charge in the supplier’s zone, and never in the future', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  expect(effectiveDay('America/New_York', new Date('2026-11-20T03:00:00Z'), now)).toBe('2026-11-19')
  expect(effectiveDay('Asia/Kathmandu', new Date('2026-11-20T20:00:00Z'), now)).toBe('2026-11-21')
  expect(effectiveDay('UTC', new Date('2026-12-24T00:00:00Z'), now)).toBe('2026-11-21')
})

test.each([
  ['succeeded', 'settled'],
  ['processing', 'processing'],
  ['awaiting_action', 'requires_action'],
  ['awaiting_confirmation', 'requires_action'],
  ['awaiting_method', 'failed'],
  ['canceled', 'canceled'],
  ['awaiting_capture', 'exception'],
] as const)('a charge of a saved method that is %s leads to %s', (status, to) => {
  expect(chargeMove(intentReading({ status })).to).toBe(to)
})

test('a charge of which nothing was found is for a person', () => {
  expect(chargeMove(null).to).toBe('exception')
})
