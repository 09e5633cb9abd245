import { expect, test } from 'vitest'
import {
  canMove,
  hasEnded,
  isCancelable,
  PAYMENT_STATES,
  PAYMENT_TRANSITIONS,
  standingOf,
} from '#app/payments/payment.ts'

test('a payment that has ended moves nowhere, and every other one can end in each way', () => {
  for (const state of PAYMENT_STATES) {
    expect(PAYMENT_TRANSITIONS[state].length === 0).toBe(hasEnded(state))
    if (hasEnded(state)) continue
    for (const end of PAYMENT_STATES.filter(hasEnded))
      expect(canMove(state, end), `${state} → ${end}`).toBe(true)
  }
})

test('only the customer’s own steps go back and forth; money on its way does not turn round', () => {
  expect(canMove('awaiting_customer', 'requires_action')).toBe(true)
  expect(canMove('requires_action', 'awaiting_customer')).toBe(true)
  expect(canMove('processing', 'awaiting_customer')).toBe(false)
})

test('what is on its way or over cannot be cancelled', () => {
  expect(PAYMENT_STATES.filter(isCancelable)).toEqual(['created', 'awaiting_customer', 'requires_action'])
})

test('an unknown answer shows as checking, never as a failure', () => {
  const facts = { receivedMinor: 0n, reversals: [] }
  expect(standingOf({ ...facts, state: 'created', attempt: 'unknown' })).toBe('checking')
  expect(standingOf({ ...facts, state: 'created', attempt: 'sent' })).toBe('preparing')
})

test.each([
  { reversals: [], standing: 'settled' },
  { reversals: [{ kind: 'refund', amountMinor: 40n }], standing: 'part_refunded' },
  {
    reversals: [
      { kind: 'refund', amountMinor: 40n },
      { kind: 'refund', amountMinor: 60n },
    ],
    standing: 'refunded',
  },
  { reversals: [{ kind: 'chargeback', amountMinor: 100n }], standing: 'charged_back' },
  { reversals: [{ kind: 'bank_return', amountMinor: 100n }], standing: 'returned' },
] as const)('what was taken back is computed from its sums: $standing', ({ reversals, standing }) => {
  expect(standingOf({ state: 'settled', attempt: 'answered', receivedMinor: 100n, reversals })).toBe(standing)
})
