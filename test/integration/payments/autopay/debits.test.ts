import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { asId, newId } from '#app/books/ids.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { learnOutcomes } from '#app/payments/autopay/learn-outcomes.server.ts'
import { pauseAutopay } from '#app/payments/autopay/orders/change-order.server.ts'
import { runDebits } from '#app/payments/autopay/run-debits.server.ts'
import { skipDebit } from '#app/payments/autopay/skip-debit.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'
import { createPayer, endEveryOrder, openOf, type Payer, runsOf, today } from '#test/support/autopay-world.ts'
import { type CardWorld, chargesOf, createBuyer, openCardWorld } from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { shift, shiftProcessClock } from '#test/support/shifted-clock.ts'

vi.mock('#app/platform/clock.server.ts', async (importOriginal) =>
  (await import('#test/support/shifted-clock.ts')).shiftedClock(await importOriginal()),
)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
}, 60_000)
afterAll(() => world.stop())
beforeEach(endEveryOrder)
afterEach(() => {
  shift.days = 0
  shiftProcessClock(0)
})

const lettersOf = async (payer: Payer, template: string): Promise<unknown[]> =>
  (await db.mailOutbox.findMany({ where: { customerId: payer.customerId, template } })).map(
    (each) => each.parameters,
  )

/** What the card of a payer really paid, in cents. */
async function paidBy(payer: Payer): Promise<number[]> {
  const charges = await Promise.all((await runsOf(payer)).map((run) => chargesOf(world, asId<'pay'>(run.id))))
  return charges.flat().map((charge) => charge.amount)
}

test('a debit is announced once, made on its day, and settles its invoices', async () => {
  const payer = await createPayer(world, [10_000n, 2_500n])
  await announceDebits()
  await announceDebits()
  const [run] = await runsOf(payer)
  expect(run).toMatchObject({ state: 'noticed', amountMinor: 12_500n })
  expect(await lettersOf(payer, 'autopay-notice')).toHaveLength(2)
  expect(await runDebits(world.processor)).toBe(0)
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(1)
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success', reason: null, paymentId: run?.id }])
  expect(await paidBy(payer)).toEqual([12_500])
  expect(await Promise.all(payer.invoiceIds.map(openOf))).toEqual([0n, 0n])
  const payment = await db.payment.findUniqueOrThrow({ where: { id: run?.id ?? '' } })
  expect(payment).toMatchObject({ channel: 'autopay', createdBy: null, savedMethodId: payer.terms.methodId })
})

test('the clock may jump a day ahead and back: the debit is neither early nor made twice', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  for (const days of [1, -1, 0, 4, 3, 4]) {
    shift.days = days
    await announceDebits()
    await runDebits(world.processor)
  }
  expect(await runsOf(payer)).toMatchObject([{ state: 'noticed' }])
  for (const days of [5, 4, 5, 6, 5]) {
    shift.days = days
    await announceDebits()
    await runDebits(world.processor)
  }
  expect(await paidBy(payer)).toEqual([10_000])
  expect(await runsOf(payer)).toHaveLength(1)
})

test('the clock of the process decides nothing: a debit is made on its day by the product’s clock', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  for (const days of [6, -6]) {
    shiftProcessClock(days * 86_400_000)
    await announceDebits()
    expect(await runDebits(world.processor)).toBe(0)
  }
  shift.days = 5
  expect(await runDebits(world.processor)).toBe(1)
  expect(await paidBy(payer)).toEqual([10_000])
})

test('a skipped debit is not made, its invoices are left to the payer, and only its customer may skip it', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  const [run] = await runsOf(payer)
  const ask = { customerId: payer.customerId, personId: payer.personId, runId: asId<'run'>(run?.id ?? '') }
  const stranger = await createBuyer([])
  expect(await skipDebit({ ...ask, customerId: stranger.customerId })).toMatchObject({ ok: false })
  shift.days = 5
  expect(await skipDebit(ask)).toEqual({ ok: true })
  expect(await skipDebit(ask)).toMatchObject({ ok: false, refusal: { code: 'AUTOPAY_DEBIT_BEGUN' } })
  await runDebits(world.processor)
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([
    { state: 'skipped', reason: 'by_buyer', skippedBy: payer.personId },
  ])
  expect(await paidBy(payer)).toEqual([])
  expect(await lettersOf(payer, 'autopay-skipped')).toHaveLength(2)
})

test('money in dispute is not announced, and what is disputed after the notice is not debited', async () => {
  const payer = await createPayer(world, [10_000n, 4_000n])
  const [first, second] = payer.invoiceIds
  await holdBy(first, 3_000n)
  await announceDebits()
  expect(await runsOf(payer)).toMatchObject([{ amountMinor: 11_000n }])
  await holdBy(second, 1_500n)
  shift.days = 5
  await runDebits(world.processor)
  expect(await paidBy(payer)).toEqual([9_500])
  expect([await openOf(first), await openOf(second)]).toEqual([3_000n, 1_500n])
})

test('what does not fit the limit stays out, for good and noted, and more than the limit never goes', async () => {
  const payer = await createPayer(world, [10_000n, 8_000n, 3_000n], { terms: { limitMinor: 13_500n } })
  await announceDebits()
  await announceDebits()
  const [run] = await runsOf(payer)
  expect(run?.amountMinor).toBe(13_000n)
  expect(run?.items.map((item) => item.amountMinor)).toEqual([10_000n, 0n, 3_000n])
  shift.days = 5
  await runDebits(world.processor)
  await announceDebits()
  expect(await paidBy(payer)).toEqual([13_000])
  expect(await runsOf(payer)).toHaveLength(1)
})

test('an invoice above the limit is told of and never debited', async () => {
  const payer = await createPayer(world, [10_000n], { terms: { limitMinor: 9_999n } })
  await announceDebits()
  await announceDebits()
  shift.days = 5
  await runDebits(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'over_limit', amountMinor: 0n }])
  expect(await lettersOf(payer, 'autopay-notice')).toHaveLength(2)
  expect(await paidBy(payer)).toEqual([])
})

test('while an order is paused its day passes without a debit, and later another notice comes first', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  await pauseAutopay({ ...payer })
  shift.days = 5
  await runDebits(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'autopay_paused' }])
  await db.autopayEnrollment.update({ where: { id: payer.enrollmentId }, data: { state: 'active' } })
  await announceDebits()
  const [, again] = await runsOf(payer)
  shift.days = 12
  expect(fromDatabaseDate(again?.debitOn ?? new Date(0))).toBe(await today())
  expect(await paidBy(payer)).toEqual([])
})

test('a debit that could not begin within three days of its day is announced anew', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  shift.days = 9
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'too_late' }])
  await announceDebits()
  shift.days = 16
  await runDebits(world.processor)
  expect(await paidBy(payer)).toEqual([10_000])
})

test('a soft decline is tried again after one and three days, then autopay pauses', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_card_chargeCustomerFail' })
  await announceDebits()
  for (const days of [5, 5, 6, 7, 8, 9, 10, 14]) {
    shift.days = days
    await runDebits(world.processor)
  }
  const runs = await runsOf(payer)
  expect(runs.map(({ attemptNo, state, reason }) => [attemptNo, state, reason])).toEqual([
    [1, 'error', 'generic_decline'],
    [2, 'error', 'generic_decline'],
    [3, 'error', 'generic_decline'],
  ])
  expect(new Set(runs.map(({ paymentId }) => paymentId)).size).toBe(3)
  const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(order).toMatchObject({ state: 'paused', pausedReason: 'retries_used_up' })
  expect(await lettersOf(payer, 'autopay-failed')).toHaveLength(6)
  expect(await openOf(payer.invoiceIds[0])).toBe(10_000n)
})

test('a bank that wants a confirmation is not asked again: autopay pauses at once', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_card_authenticationRequired' })
  await announceDebits()
  shift.days = 5
  await runDebits(world.processor)
  expect(await runsOf(payer)).toMatchObject([
    { state: 'error', reason: 'authentication_required', nextTryAt: null },
  ])
  const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(order).toMatchObject({ state: 'paused', pausedReason: 'needs_confirmation' })
  expect(await lettersOf(payer, 'autopay-failed')).toMatchObject([
    { pausedReason: 'needs_confirmation' },
    { pausedReason: 'needs_confirmation' },
  ])
})

test('a bank debit is in progress until it arrives', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_usBankAccount_success' })
  await announceDebits()
  shift.days = 5
  await runDebits(world.processor)
  const [run] = await runsOf(payer)
  expect(run).toMatchObject({ state: 'in_progress', paymentId: run?.id })
  await world.sandbox.control('POST', 'clock/advance', { businessDays: 6 })
  await syncPayment(world.processor, asId<'pay'>(run?.id ?? ''), 'sweep')
  await learnOutcomes(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success' }])
  expect(await openOf(payer.invoiceIds[0])).toBe(0n)
})

test.each([
  ['pm_usBankAccount_insufficientFunds', 'insufficient_funds', 'active', 2],
  ['pm_usBankAccount_accountClosed', 'account_closed', 'paused', 1],
])('a bank debit by %s fails as %s and leaves the order %s', async (token, reason, state, count) => {
  const payer = await createPayer(world, [10_000n], { token })
  await announceDebits()
  shift.days = 5
  await runDebits(world.processor)
  const [run] = await runsOf(payer)
  await world.sandbox.control('POST', 'clock/advance', { businessDays: 6 })
  await syncPayment(world.processor, asId<'pay'>(run?.id ?? ''), 'sweep')
  await learnOutcomes(world.processor)
  const runs = await runsOf(payer)
  expect(runs).toHaveLength(count)
  expect(runs[0]).toMatchObject({ state: 'error', reason })
  const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(order.state).toBe(state)
  if (count === 2)
    expect(runs[1]).toMatchObject({ state: 'noticed', attemptNo: 2, nextTryAt: runs[0]?.nextTryAt })
})

test.each([
  ['pm_sandbox_lateReturnR01', 'active', ['error', 'noticed']],
  ['pm_sandbox_lateReturnR10', 'paused', ['error']],
])(
  'a debit by %s that the bank takes back after it arrived leaves the order %s',
  async (token, state, states) => {
    const payer = await createPayer(world, [10_000n], { token })
    await announceDebits()
    shift.days = 5
    await runDebits(world.processor)
    const [run] = await runsOf(payer)
    const look = async (days: object): Promise<void> => {
      await world.sandbox.control('POST', 'clock/advance', days)
      await syncPayment(world.processor, asId<'pay'>(run?.id ?? ''), 'sweep')
      await learnOutcomes(world.processor)
    }
    // Day by day, so that what follows the arrival by days does not come with it.
    for (let days = 0; days < 8 && (await runsOf(payer))[0]?.state !== 'success'; days += 1)
      await look({ businessDays: 1 })
    expect(await runsOf(payer)).toMatchObject([{ state: 'success' }])
    await look({ seconds: 40 * 86_400 })
    const runs = await runsOf(payer)
    expect(runs.map((each) => each.state)).toEqual(states)
    expect(runs[0]?.reason).toBe('returned')
    expect(await openOf(payer.invoiceIds[0])).toBe(10_000n)
    const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
    expect(order.state).toBe(state)
  },
)

/** Part of an invoice goes into dispute. */
async function holdBy(invoiceId: string | undefined, amountMinor: bigint): Promise<void> {
  await asOwner(
    `INSERT INTO hold (id, invoice_id, kind, amount_minor, created_at) VALUES ($1, $2, 'disputed', $3, now())`,
    [newId(), invoiceId, amountMinor.toString()],
  )
  await asOwner('UPDATE invoice SET held_minor = held_minor + $2 WHERE id = $1', [
    invoiceId,
    amountMinor.toString(),
  ])
}
