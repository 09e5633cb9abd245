/** The sandbox pays out by itself: card payments, a refund, a debit that came back, a payout that fails after it was paid. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import { deliverWebhooks } from '#test/support/card-world.ts'
import {
  openDifferences,
  openReconcileWorld,
  payByCard,
  type ReconcileWorld,
} from '#test/support/reconcile-world.ts'
import { payBy, waitBusinessDays } from '#test/support/sandbox-payments.ts'

/** A bank account whose debits come back: the balance is lower by the fee, and nothing else. */
const RETURNED = '000222222227'
const DAY_MS = 86_400_000

let world: ReconcileWorld
beforeAll(async () => {
  world = await openReconcileWorld()
  const [first] = await payByCard(world, [30_000n, 20_000n])
  await world.sandbox.stripe.refunds.create({ charge: first?.chargeId ?? '', amount: 4_000 })
  await payBy(world.sandbox, { bank_account: RETURNED })
  await deliverWebhooks(world)
  await waitBusinessDays(world.sandbox, 8)
}, 120_000)
afterAll(() => world.stop())

/** Compares after so many days, and answers what both sides say that the card service holds, a reserve included. */
async function compareAfter(days: number, reserved = 0) {
  const now = new Date(Date.now() + days * DAY_MS)
  const { counts } = await reconcile({ books: world.sandboxBooks, rpcUrl: undefined, now })
  expect(await openDifferences()).toEqual([])
  const balance = await world.sandbox.stripe.balance.retrieve()
  const stated = [...balance.available, ...balance.pending].reduce((sum, { amount }) => sum + amount, 0)
  const held = {
    providerMinor: String(stated + reserved),
    reservedMinor: String(reserved),
    inFlightMinor: '0',
  }
  expect(counts.held).toMatchObject([{ currency: 'USD', ...held }])
  expect(counts.held[0]?.booksMinor).toBe(counts.held[0]?.providerMinor)
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
  return counts
}

const postedOn = async (accountCode: number): Promise<bigint | null> =>
  (await db.posting.aggregate({ where: { accountCode }, _sum: { amountMinor: true } }))._sum.amountMinor

test('what was paid out is at the bank, its movements are told, and clearing is what the card service holds', async () => {
  const counts = await compareAfter(20)
  const payouts = await db.providerPayout.findMany()
  expect(payouts.length).toBeGreaterThan(0)
  expect(
    payouts.every(({ status, isItemised, journalId }) => status === 'paid' && isItemised && journalId),
  ).toBe(true)
  const total = payouts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  expect(await postedOn(1000)).toBe(total)
  expect(counts.paidOut).toEqual([
    { currency: 'USD', booksMinor: String(total), providerMinor: String(total), bankMinor: '0' },
  ])
})

test('the fee of a debit that came back is booked though no payment of ours knows it', async () => {
  const cost = await db.providerTransaction.findFirstOrThrow({ where: { type: 'stripe_fee' } })
  const journal = await db.journal.findUniqueOrThrow({
    where: { postingKey: `provider.fee:${cost.id}` },
    include: { postings: true },
  })
  expect(journal.postings.find(({ accountCode }) => accountCode === 5000)?.amountMinor).toBe(-cost.netMinor)
})

test('a payout that fails after it was paid goes out with the next, and every total agrees again', async () => {
  const [last] = await db.providerPayout.findMany({ orderBy: { arrivalOn: 'desc' }, take: 1 })
  await world.sandbox.control('POST', `payouts/${last?.id}/fail`)
  await compareAfter(21)
  await waitBusinessDays(world.sandbox, 4)
  await compareAfter(28)
  const failed = await db.providerPayout.findUniqueOrThrow({ where: { id: last?.id ?? '' } })
  expect(failed).toMatchObject({ status: 'failed', failureJournalId: expect.any(String) })
  const paid = await db.providerPayout.aggregate({ where: { status: 'paid' }, _sum: { amountMinor: true } })
  expect(await postedOn(1000)).toBe(paid._sum.amountMinor)
})

test('a reserve makes the next payout smaller and is no difference, neither while it is held nor when it is free again', async () => {
  await world.sandbox.control('POST', 'reserves/hold', { amount: 1_200 })
  await payByCard(world, [10_000n])
  await waitBusinessDays(world.sandbox, 6)
  await compareAfter(36, 1_200)
  const [last] = await db.providerPayout.findMany({ orderBy: { createdAt: 'desc' }, take: 1 })
  const held = await db.providerTransaction.findFirstOrThrow({ where: { kind: 'reserve' } })
  expect(held).toMatchObject({ type: 'reserve_hold', netMinor: -1_200n, payoutId: last?.id })
  await world.sandbox.control('POST', 'reserves/release', { amount: 1_200 })
  await waitBusinessDays(world.sandbox, 4)
  await compareAfter(42)
})
