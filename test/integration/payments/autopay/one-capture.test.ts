/** The same money is debited once, whatever else happens to it: another checkout, another worker, a crash, a time-out. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { asId } from '#app/books/ids.ts'
import type { ChargeInput } from '#app/gateways/stripe/port.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { claimRun } from '#app/payments/autopay/claim-run.server.ts'
import { learnOutcomes } from '#app/payments/autopay/learn-outcomes.server.ts'
import { chargeRun, runDebits } from '#app/payments/autopay/run-debits.server.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { createPayer, endEveryOrder, openOf, type Payer, runsOf } from '#test/support/autopay-world.ts'
import {
  type CardWorld,
  cartOf,
  chargesOf,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
} from '#test/support/card-world.ts'
import { shift } from '#test/support/shifted-clock.ts'

vi.mock('#app/platform/clock.server.ts', async (importOriginal) =>
  (await import('#test/support/shifted-clock.ts')).shiftedClock(await importOriginal()),
)

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
}, 60_000)
afterAll(() => world.stop())
beforeEach(endEveryOrder)
afterEach(async () => {
  shift.days = 0
  await world.sandbox.control('DELETE', 'faults')
})

/** A payer whose debit of 100.00 was announced and is due now. */
async function duePayer(): Promise<Payer> {
  const payer = await createPayer(world, [10_000n], { dueIn: 3 })
  await announceDebits()
  shift.days = 3
  return payer
}

/** Everything that was really paid for a payer's invoices, in cents. */
async function captured(payer: Payer): Promise<number[]> {
  const payments = await db.payment.findMany({ where: { customerId: payer.customerId } })
  const charges = await Promise.all(payments.map(({ id }) => chargesOf(world, asId<'pay'>(id))))
  return charges.flat().map(({ amount }) => amount)
}

const unappliedOf = async (payer: Payer): Promise<bigint> =>
  (await db.payment.findMany({ where: { customerId: payer.customerId } })).reduce(
    (sum, each) => sum + each.unallocatedMinor,
    0n,
  )

test('a checkout that is open holds the money: the debit waits a day, and is dropped when the checkout has paid', async () => {
  const payer = await duePayer()
  const { paymentId, checkoutId } = await openCheckout(world, payer)
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'noticed', reason: 'held_elsewhere' }])
  await enterCard(world, checkoutId)
  await syncPayment(world.processor, paymentId, 'provider')
  expect(await runDebits(world.processor)).toBe(0)
  shift.days = 4
  expect(await runDebits(world.processor)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'settled_elsewhere' }])
  expect(await captured(payer)).toEqual([10_000])
})

test('a checkout that is given up lets the debit through on the next day', async () => {
  const payer = await duePayer()
  const { paymentId } = await openCheckout(world, payer)
  await runDebits(world.processor)
  const { customerId, personId } = payer
  await cancelPayment({ processor: world.processor, customerId, personId, paymentId })
  expect(await runDebits(world.processor)).toBe(0)
  shift.days = 4
  expect(await runDebits(world.processor)).toBe(1)
  expect(await captured(payer)).toEqual([10_000])
})

test('a debit that was first leaves nothing to open a checkout for', async () => {
  const payer = await duePayer()
  const cart = await cartOf(payer)
  await runDebits(world.processor)
  const opened = await pay(world, payer, cart)
  expect(opened).toMatchObject({ ok: false, refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE' } })
  expect(await captured(payer)).toEqual([10_000])
})

test('a bank debit under way holds the money against a checkout, which is told of it', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_usBankAccount_success', dueIn: 3 })
  await announceDebits()
  shift.days = 3
  await runDebits(world.processor)
  const [run] = await runsOf(payer)
  const opened = await pay(world, payer, await cartOf(payer))
  expect(opened).toMatchObject({ ok: false, refusal: { code: 'AMOUNT_HELD', paymentId: run?.id } })
})

test('a checkout and a debit at the same moment: one of them gets the money', async () => {
  for (let round = 0; round < 6; round += 1) {
    const payer = await duePayer()
    const cart = await cartOf(payer)
    const [opened, charged] = await Promise.all([pay(world, payer, cart), runDebits(world.processor)])
    expect(opened.ok ? charged === 0 : charged === 1).toBe(true)
    if (opened.ok) {
      const { stripeCheckoutSessionId } = await db.payment.findUniqueOrThrow({
        where: { id: opened.paymentId },
      })
      await enterCard(world, stripeCheckoutSessionId ?? '')
      await syncPayment(world.processor, opened.paymentId, 'provider')
      await runDebits(world.processor)
    }
    await learnOutcomes(world.processor)
    expect(await captured(payer)).toEqual([10_000])
    expect(await unappliedOf(payer)).toBe(0n)
    expect(await openOf(payer.invoiceIds[0])).toBe(0n)
    shift.days = 0
  }
})

test('money that arrives twice all the same is credit on the account at once', async () => {
  const payer = await duePayer()
  const { paymentId, checkoutId } = await openCheckout(world, payer)
  // Its holds are gone while the processor still takes the card: the one way to pay the same money twice.
  await db.$queryRaw`SELECT advance_payment(${paymentId}::uuid, 'canceled', 'request', '{}'::jsonb, now())`
  await runDebits(world.processor)
  await enterCard(world, checkoutId)
  await syncPayment(world.processor, paymentId, 'provider')
  expect(await captured(payer)).toEqual([10_000, 10_000])
  expect(await unappliedOf(payer)).toBe(10_000n)
})

test('of eight workers at once, one makes the debit', async () => {
  const payer = await duePayer()
  const charged = await Promise.all(Array.from({ length: 8 }, () => runDebits(world.processor)))
  expect(charged.reduce((sum, each) => sum + each, 0)).toBe(1)
  expect(await captured(payer)).toEqual([10_000])
  expect(await db.payment.count({ where: { customerId: payer.customerId } })).toBe(1)
})

test('of workers that announce at once, one writes the notice', async () => {
  const payer = await createPayer(world, [10_000n])
  await Promise.all(Array.from({ length: 6 }, () => announceDebits()))
  expect(await runsOf(payer)).toHaveLength(1)
  expect(
    await db.mailOutbox.count({ where: { customerId: payer.customerId, template: 'autopay-notice' } }),
  ).toBe(2)
})

test('a worker that dies between its claim and the call leaves a debit that another makes, once', async () => {
  const payer = await duePayer()
  const claimed = await claimRun([])
  expect(claimed?.items).toHaveLength(1)
  expect(await runDebits(world.processor)).toBe(0)
  // Minutes later, for the run only.
  await db.autopayRun.updateMany({
    where: { enrollmentId: payer.enrollmentId },
    data: { updatedAt: new Date(Date.now() - 3 * 86_400_000) },
  })
  expect(await runDebits(world.processor)).toBe(1)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success' }])
  expect(await captured(payer)).toEqual([10_000])
})

test('a worker that wakes up after another took its run over makes the same payment, not a second one', async () => {
  const payer = await duePayer()
  const claimed = await claimRun([])
  if (claimed?.items == null) throw new Error('nothing was claimed')
  await Promise.all([
    chargeRun(world.processor, claimed, claimed.items),
    chargeRun(world.processor, claimed, claimed.items),
  ])
  await learnOutcomes(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success' }])
  expect(await captured(payer)).toEqual([10_000])
})

test('a worker that dies after it sent the charge leaves a payment that is found and booked', async () => {
  const payer = await duePayer()
  const claimed = await claimRun([])
  if (claimed?.items == null) throw new Error('nothing was claimed')
  await chargeRun(world.processor, claimed, claimed.items)
  // As if nothing after the call had been written down.
  await db.autopayRun.update({
    where: { id: claimed.runId },
    data: { state: 'in_progress', paymentId: null },
  })
  await runDebits(world.processor)
  await learnOutcomes(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success', paymentId: claimed.runId }])
  expect(await captured(payer)).toEqual([10_000])
})

test('a debit that goes wrong keeps no other back, and is made when the fault is gone', async () => {
  const first = await duePayer()
  shift.days = 0
  const second = await duePayer()
  const broken = {
    ...world.processor,
    chargeRequest: (input: ChargeInput) => {
      if (input.methodId === firstMethod) throw new Error('a defect')
      return world.processor.chargeRequest(input)
    },
  }
  const { providerMethodId: firstMethod } = await db.savedMethod.findUniqueOrThrow({
    where: { id: first.terms.methodId },
  })
  await expect(runDebits(broken)).rejects.toThrow('a defect')
  expect(await captured(second)).toEqual([10_000])
  expect(await runsOf(first)).toMatchObject([{ state: 'in_progress' }])
  const left = { updatedAt: new Date(Date.now() - 86_400_000) }
  await db.autopayRun.updateMany({ where: { enrollmentId: first.enrollmentId }, data: left })
  await runDebits(world.processor)
  expect(await captured(first)).toEqual([10_000])
})

test('an amount that the processor cannot take is not asked for, and left to the payer', async () => {
  const payer = await duePayer()
  const coarse = { ...world.processor, chargeStep: () => 3n }
  expect(await runDebits(coarse)).toBe(0)
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'not_payable' }])
  await announceDebits()
  expect(await runsOf(payer)).toHaveLength(1)
  expect(await captured(payer)).toEqual([])
})

test('a charge whose answer is lost stays in progress, and is the same charge when it is asked about again', async () => {
  const payer = await duePayer()
  await world.sandbox.control('POST', 'faults', {
    ...{ kind: 'reset', stage: 'after', count: 3 },
    ...{ method: 'POST', path: '/v1/payment_intents' },
  })
  await runDebits(world.processor)
  const [run] = await runsOf(payer)
  expect(run).toMatchObject({ state: 'in_progress' })
  expect(await runDebits(world.processor)).toBe(0)
  await world.sandbox.control('DELETE', 'faults')
  const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: run?.id ?? '' } })
  expect(attempt.state).toBe('unknown')
  await sendAttempt(world.processor, attempt.id)
  await syncPayment(world.processor, asId<'pay'>(attempt.paymentId), 'sweep')
  await learnOutcomes(world.processor)
  expect(await runsOf(payer)).toMatchObject([{ state: 'success' }])
  expect(await captured(payer)).toEqual([10_000])
})
