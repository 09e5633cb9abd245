import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import {
  balances,
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

/** The movements of a payout, its own line left out. */
async function movementsOf(payout: Stripe.Payout): Promise<Stripe.BalanceTransaction[]> {
  const all: Stripe.BalanceTransaction[] = []
  for await (const one of stripe.balanceTransactions.list({ payout: payout.id, expand: ['data.source'] }))
    all.push(one)
  return all.filter((one) => one.type !== 'payout')
}

const netOf = (movements: readonly Stripe.BalanceTransaction[]): number =>
  movements.reduce((sum, one) => sum + one.net, 0)

test('money goes out by itself on business days and arrives on the next', async () => {
  const paid = await payBy(sandbox, {})
  await stripe.refunds.create({ payment_intent: paid.session.payment_intent, amount: 345 })
  await payBy(sandbox, { card: '5555555555554444' })
  await waitBusinessDays(sandbox, 2)
  expect((await stripe.payouts.list()).data).toEqual([])
  await sandbox.control('POST', 'clock/advance', { seconds: 3_700 })
  const [payout] = (await stripe.payouts.list()).data
  if (!payout) throw new Error('No payout')
  expect(payout).toMatchObject({
    status: 'in_transit',
    automatic: true,
    reconciliation_status: 'in_progress',
  })
  expect(payout.amount).toBe(2 * 11_957 - 345)
  expect(await balances(sandbox)).toEqual({ stated: 0, summed: 0 })

  await waitBusinessDays(sandbox, 1)
  const arrived = await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction'] })
  expect(arrived).toMatchObject({
    status: 'paid',
    reconciliation_status: 'completed',
    balance_transaction: { type: 'payout', amount: -payout.amount },
    trace_id: { status: 'supported' },
  })
  const movements = await movementsOf(payout)
  expect(netOf(movements)).toBe(payout.amount)
  expect(movements.map((one) => one.type).toSorted()).toEqual(['charge', 'charge', 'refund'])
  expect(movements.every((one) => typeof one.source === 'object')).toBe(true)
  expect(await eventTypes(sandbox, 'payout.')).toEqual([
    'payout.created',
    'payout.paid',
    'payout.reconciliation_completed',
  ])
})

test('every kind of movement is in a payout whose lines add up', async () => {
  await payBy(sandbox, { card: '4000000000000077' })
  const refunded = await payBy(sandbox, { card: '4000000000005126' })
  await stripe.refunds.create({ payment_intent: refunded.session.payment_intent })
  await payBy(sandbox, { card: '4000000000000259' })
  await payBy(sandbox, { bank_account: '000123456789' })
  await payBy(sandbox, { bank_account: '000222222227' })
  const debit = await payBy(sandbox, { bank_account: '000123456789' })
  await waitBusinessDays(sandbox, 4)
  await stripe.refunds.create({ payment_intent: debit.session.payment_intent })
  await waitBusinessDays(sandbox, 3)

  const types = new Set<string>()
  for await (const payout of stripe.payouts.list({ limit: 100 })) {
    const movements = await movementsOf(payout)
    for (const one of movements) types.add(one.type)
    expect(netOf(movements), payout.id).toBe(payout.amount)
  }
  for (const type of [
    'charge',
    'refund',
    'refund_failure',
    'adjustment',
    'payment',
    'payment_failure_refund',
    'stripe_fee',
    'payment_refund',
  ])
    expect([...types]).toContain(type)
  const { stated, summed } = await balances(sandbox)
  expect(stated).toBe(summed)
})

test('a payout is run by hand, fails, and its money goes out with the next', async () => {
  await payBy(sandbox, { card: '4000000000000077' })
  await sandbox.control('POST', 'clock/advance', { seconds: 5 })
  const run = (): Promise<{ payouts: Stripe.Payout[] }> => sandbox.control('POST', 'payouts/run')
  const [first] = (await run()).payouts
  expect(first).toMatchObject({ amount: 11_957, status: 'in_transit' })
  expect((await run()).payouts).toEqual([])
  const failed = await sandbox.control<Stripe.Payout>('POST', `payouts/${first?.id}/fail`)
  expect(failed).toMatchObject({ status: 'failed', failure_code: 'account_closed' })
  const back = await stripe.balanceTransactions.retrieve(String(failed.failure_balance_transaction))
  expect(back).toMatchObject({ type: 'payout_failure', amount: 11_957, source: failed.id })
  expect((await balances(sandbox)).stated).toBe(11_957)
  const [second] = (await run()).payouts
  expect(second?.amount).toBe(11_957)
  await sandbox.control('POST', `payouts/${second?.id}/arrive`)
  expect((await stripe.payouts.list({ status: 'paid' })).data.map((one) => one.id)).toEqual([second?.id])
  expect(await eventTypes(sandbox, 'payout.failed')).toEqual(['payout.failed'])
})

test('a balance in debit is not paid out', async () => {
  const paid = await payBy(sandbox, { card: '4000000000000077' })
  await stripe.refunds.create({ payment_intent: paid.session.payment_intent })
  await waitBusinessDays(sandbox, 5)
  expect((await stripe.payouts.list()).data).toEqual([])
  expect((await balances(sandbox)).stated).toBe(-388)
})

test('movements are found by source, type and time', async () => {
  const paid = await payBy(sandbox, {})
  await sandbox.control('POST', 'clock/advance', { seconds: 5 })
  const [charge] = (await stripe.charges.list({ payment_intent: paid.session.payment_intent })).data
  const bySource = await stripe.balanceTransactions.list({
    source: charge?.id ?? '',
    expand: ['data.source'],
  })
  expect(bySource.data).toMatchObject([{ type: 'charge', source: { id: charge?.id } }])
  const since = bySource.data[0]?.created ?? 0
  expect(
    (await stripe.balanceTransactions.list({ created: { gte: since }, type: 'charge' })).data,
  ).toHaveLength(1)
  expect((await stripe.balanceTransactions.list({ created: { gt: since } })).data).toEqual([])
  await expect(stripe.balanceTransactions.list({ payout: 'po_none' })).rejects.toMatchObject({
    code: 'resource_missing',
  })
})
