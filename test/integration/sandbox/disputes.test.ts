import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
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

const seconds = (count: number): Promise<unknown> =>
  sandbox.control('POST', 'clock/advance', { seconds: count })

/** Pays with a card that is disputed, and answers the first dispute. */
async function disputed(card: string): Promise<Stripe.Dispute> {
  const paid = await payBy(sandbox, { card })
  await seconds(10)
  const [dispute] = (await stripe.disputes.list({ payment_intent: paid.session.payment_intent })).data
  if (!dispute) throw new Error('No dispute')
  return dispute
}

function submit(dispute: Stripe.Dispute, text: string): Promise<Stripe.Dispute> {
  return stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: text }, submit: true })
}

test.each([
  ['winning_evidence', 'won', 11_957, 'charge.dispute.funds_reinstated'],
  ['losing_evidence', 'lost', -1_500 - 388, 'charge.dispute.closed'],
])('%s ends a dispute as %s', async (text, status, balance, last) => {
  const dispute = await disputed('4000000000000259')
  const answered = await submit(dispute, text)
  expect(answered).toMatchObject({
    status: 'under_review',
    evidence_details: { has_evidence: true, submission_count: 1 },
  })
  await seconds(5)
  const closed = await stripe.disputes.retrieve(dispute.id)
  expect(closed.status).toBe(status)
  expect(closed.balance_transactions.map((one) => one.reporting_category)).toEqual(
    status === 'won' ? ['dispute', 'dispute_reversal'] : ['dispute'],
  )
  expect(await balances(sandbox)).toEqual({ stated: balance, summed: balance })
  const types = await eventTypes(sandbox, 'charge.dispute')
  expect(types.slice(0, 4)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.dispute.closed',
  ])
  expect(types.at(-1)).toBe(last)
  await expect(submit(dispute, 'more')).rejects.toMatchObject({ code: 'status_transition_invalid' })
})

test('evidence can be kept without being submitted; submitted, it cannot be changed', async () => {
  const dispute = await disputed('4000000000002685')
  const draft = await stripe.disputes.update(dispute.id, {
    evidence: { product_description: 'Steel' },
    submit: false,
  })
  expect(draft).toMatchObject({ status: 'needs_response', evidence: { product_description: 'Steel' } })
  const sent = await submit(dispute, 'See the signed delivery note')
  expect(sent).toMatchObject({ status: 'under_review', evidence: { product_description: 'Steel' } })
  await expect(submit(dispute, 'again')).rejects.toMatchObject({ param: 'evidence' })
  await seconds(3_600)
  expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('under_review')
})

test('a dispute is accepted by closing it', async () => {
  const dispute = await disputed('4000000000000259')
  expect((await stripe.disputes.close(dispute.id)).status).toBe('lost')
  await expect(stripe.disputes.close(dispute.id)).rejects.toMatchObject({ statusCode: 400 })
})

test('an inquiry moves no money until it is escalated; a closed one never does', async () => {
  const inquiry = await disputed('4000000000001976')
  expect(inquiry).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true })
  expect((await submit(inquiry, 'escalate_inquiry_evidence')).status).toBe('warning_under_review')
  await seconds(5)
  expect(await stripe.disputes.retrieve(inquiry.id)).toMatchObject({
    status: 'needs_response',
    payment_method_details: { card: { case_type: 'chargeback' } },
  })
  expect((await balances(sandbox)).summed).toBe(-1_500 - 388)
  const other = await disputed('4000000000001976')
  expect((await submit(other, 'winning_evidence')).status).toBe('warning_under_review')
  await seconds(5)
  expect((await stripe.disputes.retrieve(other.id)).status).toBe('warning_closed')
  expect((await balances(sandbox)).summed).toBe(-1_500 - 388 + 11_957)
})

test('several disputes of one payment are decided one by one by hand', async () => {
  const first = await disputed('4000000404000079')
  const intent = String(first.payment_intent)
  await sandbox.control('POST', `payments/${intent}/dispute_win`)
  await sandbox.control('POST', `payments/${intent}/dispute_lose`)
  const ended = (await stripe.disputes.list({ payment_intent: intent })).data.map((one) => one.status)
  expect(ended.toSorted()).toEqual(['lost', 'won'])
  expect((await balances(sandbox)).summed).toBe(11_957 - 6_172 - 1_500)
  await expect(sandbox.control('POST', `payments/${intent}/dispute_win`)).rejects.toThrow('409')
})

test('a dispute after a partial refund is about what is left', async () => {
  const intent = (await payBy(sandbox, {})).session.payment_intent
  await stripe.refunds.create({ payment_intent: intent, amount: 2_345 })
  const dispute = await sandbox.control<Stripe.Dispute>('POST', `payments/${intent}/dispute`)
  expect(dispute.amount).toBe(10_000)
})

test('a bank debit is refunded in full only, and arrives three business days later', async () => {
  const intent = (await payBy(sandbox, { bank_account: '000123456789' })).session.payment_intent
  await waitBusinessDays(sandbox, 4)
  await expect(stripe.refunds.create({ payment_intent: intent, amount: 100 })).rejects.toMatchObject({
    param: 'amount',
  })
  const refund = await stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: 'refund:1' })
  expect(refund.id).toMatch(/^pyr_/)
  expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
  const movement = await stripe.balanceTransactions.retrieve(String(refund.balance_transaction))
  expect(movement).toMatchObject({ type: 'payment_refund', amount: -12_345, source: refund.id })
  await waitBusinessDays(sandbox, 3)
  expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded')
  expect(await eventTypes(sandbox, 'refund.', 'charge.refund')).toEqual([
    'refund.created',
    'charge.refunded',
    'refund.updated',
    'charge.refund.updated',
  ])
  expect((await balances(sandbox)).summed).toBe(-99)
})

test('the refund of a debit on its way waits for it, and fails with it', async () => {
  const good = (await payBy(sandbox, { bank_account: '000123456789' })).session.payment_intent
  const bad = (await payBy(sandbox, { bank_account: '000222222227' })).session.payment_intent
  const [waiting, doomed] = [
    await stripe.refunds.create({ payment_intent: good }),
    await stripe.refunds.create({ payment_intent: bad }),
  ]
  expect(waiting).toMatchObject({
    status: 'pending',
    pending_reason: 'charge_pending',
    balance_transaction: null,
  })
  await waitBusinessDays(sandbox, 4)
  expect(await stripe.refunds.retrieve(waiting.id)).toMatchObject({
    status: 'pending',
    pending_reason: 'processing',
  })
  expect((await stripe.refunds.retrieve(doomed.id)).status).toBe('failed')
  expect((await chargeOf(sandbox, bad)).amount_refunded).toBe(0)
  await waitBusinessDays(sandbox, 3)
  expect((await stripe.refunds.retrieve(waiting.id)).status).toBe('succeeded')
  expect((await balances(sandbox)).summed).toBe(-99 - 400)
})

test('a debit that was refunded can still come back: the bank takes the whole again', async () => {
  const intent = (await payBy(sandbox, { bank_account: '000123456789' })).session.payment_intent
  await waitBusinessDays(sandbox, 4)
  await stripe.refunds.create({ payment_intent: intent })
  await sandbox.control('POST', `payments/${intent}/late_return?code=R01`)
  expect((await balances(sandbox)).summed).toBe(12_345 - 99 - 12_345 - 12_345 - 1_500)
  await expect(stripe.refunds.create({ payment_intent: intent })).rejects.toMatchObject({
    code: 'charge_disputed',
  })
})

test('a refund is ended by hand, either way', async () => {
  const intent = (await payBy(sandbox, { card: '4000000000007726' })).session.payment_intent
  const refund = await stripe.refunds.create({ payment_intent: intent })
  await sandbox.control('POST', `refunds/${refund.id}/fail`)
  expect((await stripe.refunds.retrieve(refund.id)).status).toBe('failed')
  expect(await chargeOf(sandbox, intent)).toMatchObject({ amount_refunded: 0, refunded: false })
})
