/** Debits that are less than their invoices: credit that is used first, and discounts for paying early. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { listRuns } from '#app/payments/autopay/autopay-queries.server.ts'
import { claimRun } from '#app/payments/autopay/claim-run.server.ts'
import { learnOutcomes } from '#app/payments/autopay/learn-outcomes.server.ts'
import { chargeRun, runDebits } from '#app/payments/autopay/run-debits.server.ts'
import { applyCredits } from '#app/payments/credits/apply-credits.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'
import { createPayer, endEveryOrder, openOf, type Payer, runsOf, today } from '#test/support/autopay-world.ts'
import { issueCredit, issueInvoice, NOW } from '#test/support/books.ts'
import {
  type CardWorld,
  cartOf,
  chargesOf,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
} from '#test/support/card-world.ts'
import { recordCredit, usd } from '#test/support/cash.ts'
import { shift } from '#test/support/shifted-clock.ts'

vi.mock('#app/platform/clock.server.ts', async (importOriginal) =>
  (await import('#test/support/shifted-clock.ts')).shiftedClock(await importOriginal()),
)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
}, 60_000)
afterAll(() => world.stop())
beforeEach(async () => {
  await endEveryOrder()
  await setPolicy({ creditsFirst: true, creditsNeedApproval: false })
})
afterEach(async () => {
  shift.days = 0
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

async function setPolicy(rule: { creditsFirst?: boolean; creditsNeedApproval?: boolean }): Promise<void> {
  await db.paymentPolicy.upsert({
    where: { currency: 'USD' },
    create: { currency: 'USD', ...rule, updatedAt: NOW },
    update: rule,
  })
}

const EARLY = { days: 10, basis: 'initiated' } as const

/** What was really paid for a payer's invoices, in cents. */
async function captured(payer: Payer): Promise<number[]> {
  const payments = await db.payment.findMany({ where: { customerId: payer.customerId } })
  const charges = await Promise.all(payments.map(({ id }) => chargesOf(world, asId<'pay'>(id))))
  return charges.flat().map(({ amount }) => amount)
}

/** The subject and the table of the newest letter of a kind, as its reader gets it. */
async function newestLetter({ customerId }: Payer, template: string) {
  const mail = await db.mailOutbox.findFirstOrThrow({
    where: { customerId, template },
    orderBy: { createdAt: 'desc' },
  })
  const { letter } = await composeMail(mail)
  return {
    subject: letter.subject,
    first: letter.lines[0],
    rows: letter.table?.rows,
    foot: letter.table?.foot,
  }
}

const discountsOf = ({ customerId }: Payer) =>
  db.adjustment.findMany({
    where: { invoice: { customerId }, kind: 'discount' },
    select: { amountMinor: true },
  })

const unusedCredit = async ({ customerId }: Payer): Promise<bigint> => {
  const memos = await db.creditMemo.aggregate({ where: { customerId }, _sum: { remainingMinor: true } })
  const paid = await db.payment.aggregate({ where: { customerId }, _sum: { unallocatedMinor: true } })
  return (memos._sum.remainingMinor ?? 0n) + (paid._sum.unallocatedMinor ?? 0n)
}

/** Announces the debits of a payer, and makes them on their day. */
async function announceAndRun(days = 5): Promise<number> {
  await announceDebits()
  shift.days = days
  return runDebits(world.processor)
}

test('a discount that the debit earns is announced, taken and in the log', async () => {
  const payer = await createPayer(world, [10_000n, 5_000n], { early: EARLY })
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([{ state: 'noticed', amountMinor: 14_700n }])
  expect(await newestLetter(payer, 'autopay-notice')).toMatchObject({
    subject: expect.stringContaining('$147.00 will be debited'),
    first: expect.stringContaining('$3.00 is saved by paying early.'),
    rows: [
      [expect.stringContaining('Invoice'), '100.00'],
      [expect.stringContaining('Invoice'), '50.00'],
      ['Early-payment discount', '-3.00'],
    ],
    foot: ['Total', '147.00'],
  })
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(1)
  expect(await captured(payer)).toEqual([14_700])
  expect(await Promise.all(payer.invoiceIds.map(openOf))).toEqual([0n, 0n])
  expect((await discountsOf(payer)).map(({ amountMinor }) => amountMinor).toSorted()).toEqual([100n, 200n])
  const { log } = await listRuns(payer.customerId)
  expect(log).toMatchObject([{ state: 'success', charged: { minor: 14_700n }, discount: { minor: 300n } }])
})

test.each([
  ['settled', 'pm_card_visa', 5, 9_800n],
  ['settled', 'pm_usBankAccount_success', 5, 10_000n],
  ['settled', 'pm_usBankAccount_success', 30, 9_800n],
  ['initiated', 'pm_usBankAccount_success', 5, 9_800n],
  ['initiated', 'pm_usBankAccount_success', 4, 10_000n],
] as const)(
  'by terms that count when money is %s, a debit by %s with %d days to pay is announced as it will be',
  async (basis, token, days, amountMinor) => {
    const payer = await createPayer(world, [10_000n], { token, early: { days, basis } })
    await announceAndRun()
    const [run] = await runsOf(payer)
    expect(run).toMatchObject({ amountMinor, state: token.startsWith('pm_card') ? 'success' : 'in_progress' })
    const payment = await db.payment.findUniqueOrThrow({ where: { id: run?.id ?? '' } })
    expect(payment.amountMinor).toBe(amountMinor)
  },
)

test('credit is used first: the oldest on the oldest due, once, and the debit is the rest', async () => {
  const payer = await createPayer(world, [10_000n, 5_000n])
  await issueCredit(payer.customerId, 7_000n)
  await recordCredit(payer.customerId, 4_000n)
  await announceDebits()
  expect(await newestLetter(payer, 'autopay-notice')).toMatchObject({
    subject: expect.stringContaining('$40.00 will be debited'),
    first: expect.stringContaining('$110.00 of your credit is used first.'),
    foot: ['Total', '40.00'],
  })
  expect(await unusedCredit(payer)).toBe(11_000n)
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(1)
  expect(await runDebits(world.processor)).toBe(0)
  expect(await captured(payer)).toEqual([4_000])
  expect(await Promise.all(payer.invoiceIds.map(openOf))).toEqual([0n, 0n])
  expect(await unusedCredit(payer)).toBe(0n)
  const { log } = await listRuns(payer.customerId)
  expect(log).toMatchObject([{ state: 'success', charged: { minor: 4_000n }, credit: { minor: 11_000n } }])
})

test('credit and discount together: the discount is on what credit leaves', async () => {
  const payer = await createPayer(world, [10_000n], { early: EARLY })
  await issueCredit(payer.customerId, 4_000n)
  await announceAndRun()
  expect(await captured(payer)).toEqual([5_880])
  expect(await discountsOf(payer)).toEqual([{ amountMinor: 120n }])
  expect(await openOf(payer.invoiceIds[0])).toBe(0n)
})

test('where credit covers all of it nothing is debited, and the run says so', async () => {
  const payer = await createPayer(world, [10_000n])
  await issueCredit(payer.customerId, 12_000n)
  await announceDebits()
  expect(await newestLetter(payer, 'autopay-notice')).toMatchObject({
    subject: expect.stringContaining('Your credit pays your invoices'),
    foot: ['Total', '0.00'],
  })
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(0)
  await learnOutcomes(world.processor)
  expect(await runsOf(payer)).toMatchObject([
    { state: 'success', reason: 'covered_by_credit', paymentId: null },
  ])
  expect(await captured(payer)).toEqual([])
  expect(await openOf(payer.invoiceIds[0])).toBe(0n)
  expect(await unusedCredit(payer)).toBe(2_000n)
  expect(
    await db.audit.findMany({ where: { customerId: payer.customerId, action: 'credits.applied' } }),
  ).toMatchObject([{ actorKind: 'system' }])
  const { log } = await listRuns(payer.customerId)
  expect(log).toMatchObject([{ charged: { minor: 0n }, credit: { minor: 10_000n } }])
})

test('of workers that cover the same run at once one uses the credit, and so does one that takes it over', async () => {
  const payer = await createPayer(world, [10_000n])
  await issueCredit(payer.customerId, 12_000n)
  await announceDebits()
  shift.days = 5
  const claimed = await claimRun([])
  if (claimed?.items == null) throw new Error('nothing was claimed')
  const { items } = claimed
  await Promise.all(Array.from({ length: 4 }, () => chargeRun(world.processor, claimed, items)))
  expect(await unusedCredit(payer)).toBe(2_000n)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success', reason: 'covered_by_credit' }])
})

test.each([
  ['credit is not used first', { creditsFirst: false }],
  ['credit is used only once staff agree', { creditsNeedApproval: true }],
])('where %s the debit is whole and the credit stays', async (_what, rule) => {
  await setPolicy(rule)
  const payer = await createPayer(world, [10_000n])
  await issueCredit(payer.customerId, 4_000n)
  await announceAndRun()
  expect(await captured(payer)).toEqual([10_000])
  expect(await unusedCredit(payer)).toBe(4_000n)
})

test('a debit that comes back opens the discount too, the credit stays used, and the next try is what was announced', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_sandbox_lateReturnR01', early: EARLY })
  await issueCredit(payer.customerId, 1_000n)
  await announceAndRun()
  const [run] = await runsOf(payer)
  const look = async (by: object): Promise<void> => {
    await world.sandbox.control('POST', 'clock/advance', by)
    await syncPayment(world.processor, asId<'pay'>(run?.id ?? ''), 'sweep')
    await learnOutcomes(world.processor)
  }
  for (let days = 0; days < 8 && (await runsOf(payer))[0]?.state !== 'success'; days += 1)
    await look({ businessDays: 1 })
  expect(await openOf(payer.invoiceIds[0])).toBe(0n)
  expect(await discountsOf(payer)).toEqual([{ amountMinor: 180n }])
  await look({ seconds: 40 * 86_400 })
  expect(await openOf(payer.invoiceIds[0])).toBe(9_000n)
  expect(await unusedCredit(payer)).toBe(0n)
  const runs = await runsOf(payer)
  expect(runs).toMatchObject([
    { state: 'error', reason: 'returned' },
    { state: 'noticed', amountMinor: 8_820n, items: [{ creditMinor: 0n, amountMinor: 8_820n }] },
  ])
  const { log } = await listRuns(payer.customerId)
  expect(log).toMatchObject([{ discount: { minor: 0n }, credit: { minor: 1_000n } }])
})

test('a discount that is over when the debit begins costs no more than was announced; the rest has a notice of a week', async () => {
  const payer = await createPayer(world, [10_000n], { early: { days: 5, basis: 'initiated' } })
  await announceAndRun(6)
  expect(await captured(payer)).toEqual([9_800])
  expect(await openOf(payer.invoiceIds[0])).toBe(200n)
  await announceDebits()
  const [, rest] = await runsOf(payer)
  expect(rest).toMatchObject({ state: 'noticed', amountMinor: 200n })
  expect(fromDatabaseDate(rest?.debitOn ?? new Date(0))).toBe(addDays(await today(), 7))
})

test('credit that goes elsewhere after the notice makes no debit larger: what it was to cover is announced again', async () => {
  const payer = await createPayer(world, [10_000n, 5_000n])
  const creditMemoId = asId<'crm'>(await issueCredit(payer.customerId, 12_000n))
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([{ amountMinor: 3_000n }])
  const other = asId<'inv'>(await issueInvoice(payer.customerId, 12_000n))
  const uses = [{ source: { creditMemoId }, invoiceId: other, amount: usd(12_000n) }]
  const user = { kind: 'buyer', personId: payer.personId } as const
  expect(await applyCredits({ customerId: payer.customerId, uses, formId: other, user })).toMatchObject({
    ok: true,
  })
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(1)
  expect(await captured(payer)).toEqual([3_000])
  expect(await Promise.all(payer.invoiceIds.map(openOf))).toEqual([10_000n, 2_000n])
  await announceDebits()
  const [, again] = await runsOf(payer)
  expect(again).toMatchObject({ state: 'noticed', amountMinor: 12_000n })
  expect(again?.debitOn).toEqual(toDatabaseDate(addDays(await today(), 7)))
})

test('where the credit that was to cover all of it is gone, nothing is debited and the run says why', async () => {
  const payer = await createPayer(world, [10_000n])
  const creditMemoId = asId<'crm'>(await issueCredit(payer.customerId, 10_000n))
  await announceDebits()
  const other = asId<'inv'>(await issueInvoice(payer.customerId, 10_000n))
  const uses = [{ source: { creditMemoId }, invoiceId: other, amount: usd(10_000n) }]
  const user = { kind: 'buyer', personId: payer.personId } as const
  await applyCredits({ customerId: payer.customerId, uses, formId: other, user })
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'credit_gone' }])
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([{}, { state: 'noticed', amountMinor: 10_000n }])
})

test('of credit that was to cover all of it, what is left is used, and the run does not say that all is covered', async () => {
  const payer = await createPayer(world, [10_000n])
  const creditMemoId = asId<'crm'>(await issueCredit(payer.customerId, 10_000n))
  await announceDebits()
  const other = asId<'inv'>(await issueInvoice(payer.customerId, 7_000n))
  const uses = [{ source: { creditMemoId }, invoiceId: other, amount: usd(7_000n) }]
  const user = { kind: 'buyer', personId: payer.personId } as const
  await applyCredits({ customerId: payer.customerId, uses, formId: other, user })
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success', reason: 'credit_used_up' }])
  expect(await openOf(payer.invoiceIds[0])).toBe(7_000n)
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([{}, { state: 'noticed', amountMinor: 7_000n }])
  expect(await captured(payer)).toEqual([])
})

test('credit that comes after the notice makes the debit smaller, without another notice', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  await issueCredit(payer.customerId, 4_000n)
  await announceDebits()
  shift.days = 5
  await runDebits(world.processor)
  expect(await captured(payer)).toEqual([6_000])
  expect(
    await db.mailOutbox.count({ where: { customerId: payer.customerId, template: 'autopay-notice' } }),
  ).toBe(2)
})

test('the limit is on what is debited, and two debits do not count on the same credit', async () => {
  const payer = await createPayer(world, [10_000n], { terms: { limitMinor: 6_000n } })
  await issueInvoice(payer.customerId, 5_000n, { dueOn: addDays(await today(), 8) })
  await issueCredit(payer.customerId, 4_000n)
  await announceDebits()
  expect((await runsOf(payer)).map(({ amountMinor }) => amountMinor)).toEqual([6_000n, 5_000n])
  for (const days of [5, 8]) {
    shift.days = days
    await runDebits(world.processor)
  }
  expect((await captured(payer)).toSorted()).toEqual([5_000, 6_000])
  expect(await unusedCredit(payer)).toBe(0n)
})

test('while a checkout holds the invoice its credit is not used; once it has paid there is nothing to cover', async () => {
  const payer = await createPayer(world, [10_000n], { dueIn: 3 })
  await announceDebits()
  const { paymentId, checkoutId } = await openCheckout(world, payer)
  await issueCredit(payer.customerId, 10_000n)
  shift.days = 3
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'noticed', reason: 'held_elsewhere' }])
  await enterCard(world, checkoutId)
  await syncPayment(world.processor, paymentId, 'provider')
  shift.days = 4
  await runDebits(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'settled_elsewhere' }])
  expect(await unusedCredit(payer)).toBe(10_000n)
  expect(await captured(payer)).toEqual([10_000])
})

test('a checkout and a debit at the same moment: one of them uses the credit and asks for the rest', async () => {
  for (let round = 0; round < 6; round += 1) {
    shift.days = 0
    const payer = await createPayer(world, [10_000n], { dueIn: 3 })
    await issueCredit(payer.customerId, 4_000n)
    await announceDebits()
    const cart = await cartOf(payer, [6_000n])
    shift.days = 3
    const [opened, charged] = await Promise.all([pay(world, payer, cart), runDebits(world.processor)])
    expect(opened.ok ? charged === 0 : charged === 1).toBe(true)
    expect(await unusedCredit(payer)).toBe(0n)
    if (opened.ok) {
      const payment = await db.payment.findUniqueOrThrow({ where: { id: opened.paymentId } })
      await enterCard(world, payment.stripeCheckoutSessionId ?? '')
      await syncPayment(world.processor, opened.paymentId, 'provider')
      await runDebits(world.processor)
    }
    expect(await captured(payer)).toEqual([6_000])
    expect(await openOf(payer.invoiceIds[0])).toBe(0n)
  }
})
