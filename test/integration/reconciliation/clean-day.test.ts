import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import { runCounts } from '#app/reconciliation/runs/run-counts.ts'
import { deliverWebhooks } from '#test/support/card-world.ts'
import {
  movement,
  movementOf,
  openReconcileWorld,
  payByCard,
  payout,
  type ReconcileWorld,
  reconcileLater,
} from '#test/support/reconcile-world.ts'

/** Twenty payments, two refunds, a dispute, a fee for the service, a payout that was paid and one under way. */
let world: ReconcileWorld
beforeAll(async () => {
  world = await openReconcileWorld()
  const amounts = Array.from({ length: 20 }, (_, index) => BigInt(1_000 * (index + 1)))
  const payments = await payByCard(world, amounts)
  await world.sandbox.stripe.refunds.create({ charge: payments[4]?.chargeId ?? '', amount: 1_500 })
  await world.sandbox.stripe.refunds.create({ charge: payments[5]?.chargeId ?? '', amount: 6_000 })
  const disputed = payments[6]?.stripePaymentIntentId
  await world.sandbox.control('POST', `payments/${disputed}/dispute?reason=fraudulent`)
  await deliverWebhooks(world)
  const fee = {
    transactionId: 'txn_radar',
    type: 'stripe_fee',
    reportingCategory: 'fee',
    sourceId: 'txn_radar',
  }
  world.readings.more.push(movement({ ...fee, amountMinor: -210n }))
  const { data } = await world.sandbox.stripe.balanceTransactions.list({ limit: 5 })
  const net = data.reduce((sum, each) => sum + each.net, 0)
  const paid = payout({ payoutId: 'po_paid', amountMinor: BigInt(net) })
  const underWay = payout({ payoutId: 'po_under_way', status: 'in_transit', isItemised: false })
  world.readings.more.push(movementOf(paid), movementOf(underWay))
  world.readings.payouts = [
    { payout: paid, items: [...data.map(({ id }) => id), 'txn_po_paid'] },
    { payout: underWay, items: [] },
  ]
}, 120_000)
afterAll(() => world.stop())

test('a clean day shows no difference, and the totals of all sides agree', async () => {
  expect(await reconcileLater(world)).toEqual([])
  const run = await db.reconciliationRun.findFirstOrThrow({ orderBy: { startedAt: 'desc' } })
  expect(run).toMatchObject({ differences: 0, failure: null })
  const { compared, held, paidOut } = runCounts.parse(run.counts)
  expect(compared).toMatchObject({ groups: 24, payouts: 2 })
  const [
    { booksMinor, providerMinor, inFlightMinor } = { booksMinor: '', providerMinor: '', inFlightMinor: '' },
  ] = held
  expect(BigInt(providerMinor) - BigInt(booksMinor)).toBe(BigInt(inFlightMinor))
  expect(inFlightMinor).toBe('-5000')
  expect(paidOut[0]?.booksMinor).toBe(paidOut[0]?.providerMinor)
})

test('a second comparison of the same day adds nothing', async () => {
  const before = [
    await db.journal.count(),
    await db.providerTransaction.count(),
    await db.exceptionCase.count(),
  ]
  expect(await reconcileLater(world)).toEqual([])
  expect([
    await db.journal.count(),
    await db.providerTransaction.count(),
    await db.exceptionCase.count(),
  ]).toEqual(before)
})

test('what was paid out is at the bank in the books, and what was kept is a cost', async () => {
  const { journalId } = await db.providerPayout.findUniqueOrThrow({ where: { id: 'po_paid' } })
  const legs = await db.posting.findMany({
    where: { journalId: journalId ?? '' },
    orderBy: { lineNo: 'asc' },
  })
  expect(legs.map(({ accountCode, customerId }) => [accountCode, customerId])).toEqual([
    [1000, null],
    [1200, null],
  ])
  const cost = await db.journal.findUniqueOrThrow({
    where: { postingKey: 'provider.fee:txn_radar' },
    include: { postings: true },
  })
  expect(cost.postings.map(({ accountCode, amountMinor }) => [accountCode, amountMinor])).toEqual([
    [5000, 210n],
    [1200, -210n],
  ])
  expect((await checkSqlInvariants()).filter((each) => each.count > 0)).toEqual([])
})

test('a payout that fails after it was paid is taken back once, and agrees again', async () => {
  const [failing] = world.readings.payouts
  if (!failing) throw new Error('no payout')
  world.readings.payouts = world.readings.payouts.map((each) =>
    each === failing
      ? { ...each, payout: { ...each.payout, status: 'failed', failureCode: 'account_closed' } }
      : each,
  )
  world.readings.more.push(
    movement({
      transactionId: 'txn_back',
      type: 'payout_failure',
      reportingCategory: 'payout_reversal',
      amountMinor: failing.payout.amountMinor,
      sourceId: 'po_paid',
    }),
  )
  expect(await reconcileLater(world)).toEqual([])
  expect(await reconcileLater(world)).toEqual([])
  const atBank = await db.posting.aggregate({ where: { accountCode: 1000 }, _sum: { amountMinor: true } })
  expect(atBank._sum.amountMinor).toBe(0n)
  expect(await db.journal.count({ where: { kind: 'payout.failed' } })).toBe(1)
})
