import { expect, test } from 'vitest'
import { type DisputeAnswer, disputeAnswer, refundAnswer } from '#app/gateways/stripe/answers.ts'
import {
  disputeReading,
  disputeState,
  evidenceRequest,
  refundReading,
  refundRequest,
} from '#app/gateways/stripe/money-back-mapping.ts'
import { isAnswerable, isOpenChargeback } from '#app/payments/chargebacks/chargeback.ts'
import { parseRefundReason, returnWindowEnd } from '#app/payments/refunds/refund.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const DISPUTE = {
  ...{
    id: 'du_1',
    amount: 700,
    currency: 'usd',
    status: 'needs_response',
    reason: 'fraudulent',
    created: 10,
  },
  balance_transactions: [],
}
const movement = (amount: number, created: number) => ({
  id: `txn_${created}`,
  amount,
  fee: 0,
  currency: 'usd',
  created,
})

test('a refund’s request carries our ids, and no reason that the processor has no word for', () => {
  const input = {
    reference: 'rfd_1',
    paymentReference: 'pay_1',
    intentId: 'pi_1',
    currency: 'USD',
    amountMinor: 5n,
  }
  const metadata = { payment_id: 'pay_1', refund_id: 'rfd_1' }
  expect(refundRequest({ ...input, reason: 'duplicate' })).toEqual({
    ...{ payment_intent: 'pi_1', amount: 5, reason: 'duplicate', metadata },
  })
  expect(refundRequest({ ...input, reason: 'other' })).toEqual({
    payment_intent: 'pi_1',
    amount: 5,
    metadata,
  })
})

test('a refund that waits for its payer is pending, and one of the dashboard carries no id of ours', () => {
  const base = { id: 're_1', amount: 5, currency: 'usd', created: 1 }
  const waiting = refundAnswer.parse({ ...base, status: 'requires_action' })
  expect(refundReading(waiting)).toMatchObject({ status: 'pending', reference: null, failureCode: null })
  const failed = {
    ...base,
    status: 'failed',
    failure_reason: 'lost_or_stolen_card',
    metadata: { refund_id: 'rfd_1' },
  }
  expect(refundReading(refundAnswer.parse(failed))).toMatchObject({
    ...{ status: 'failed', reference: 'rfd_1', failureCode: 'lost_or_stolen_card' },
  })
})

test.each([
  ['warning_needs_response', 'inquiry'],
  ['warning_under_review', 'inquiry'],
  ['warning_closed', 'inquiry_closed'],
  ['needs_response', 'needs_response'],
  ['appeal_needs_response', 'needs_response'],
  ['under_review', 'under_review'],
  ['appeal_under_review', 'under_review'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['prevented', 'prevented'],
] satisfies [DisputeAnswer['status'], string][])('%s is %s', (status, state) => {
  expect(disputeState(status)).toBe(state)
})

test('money was withdrawn when it first left us, and is reinstated when all of it is back', () => {
  const read = (movements: object[]) =>
    disputeReading(disputeAnswer.parse({ ...DISPUTE, balance_transactions: movements }))
  expect(read([])).toMatchObject({ withdrawnAt: null, isReinstated: false })
  expect(read([movement(-700, 20)])).toMatchObject({ withdrawnAt: new Date(20_000), isReinstated: false })
  expect(read([movement(-700, 20), movement(700, 30)])).toMatchObject({
    ...{ withdrawnAt: new Date(20_000), isReinstated: true },
  })
  expect(read([movement(-700, 20), movement(700, 30), movement(-700, 40)]).isReinstated).toBe(false)
})

test('what a dispute says of evidence and of the network is kept; a bank debit says neither', () => {
  const card = { card: { network_reason_code: '10.4' } }
  const details = { due_by: 50, submission_count: 1 }
  const full = disputeAnswer.parse({ ...DISPUTE, payment_method_details: card, evidence_details: details })
  expect(disputeReading(full)).toMatchObject({
    ...{ networkCode: '10.4', evidenceDueAt: new Date(50_000), isAnswered: true },
  })
  expect(disputeReading(disputeAnswer.parse(DISPUTE))).toMatchObject({
    ...{ networkCode: null, evidenceDueAt: null, isAnswered: false },
  })
  expect(evidenceRequest('du_1', 'Signed.')).toEqual({
    ...{ dispute: 'du_1', evidence: { uncategorized_text: 'Signed.' }, submit: true },
  })
})

test('a chargeback can be answered while the bank asks, and is open until the bank has decided', () => {
  expect(['inquiry', 'needs_response'].every((state) => isAnswerable(state as 'inquiry'))).toBe(true)
  expect(isAnswerable('under_review')).toBe(false)
  expect(isOpenChargeback('under_review')).toBe(true)
  for (const state of ['won', 'lost', 'prevented', 'inquiry_closed'] as const)
    expect(isOpenChargeback(state), state).toBe(false)
})

test('a bank may return its debit for sixty days, a card’s bank asks in another way', () => {
  const settled = parseBusinessDate('2026-03-01')
  expect(returnWindowEnd('us_bank_account', settled, parseBusinessDate('2026-04-30'))).toBe('2026-04-30')
  expect(returnWindowEnd('us_bank_account', settled, parseBusinessDate('2026-05-01'))).toBeNull()
  expect(returnWindowEnd('card', settled, settled)).toBeNull()
  expect([parseRefundReason('duplicate'), parseRefundReason('fraud')]).toEqual(['duplicate', 'other'])
})
