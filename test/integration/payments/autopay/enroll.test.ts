import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { AGREEMENT_VERSION } from '#app/payments/autopay/orders/agreement.ts'
import { endAutopay, pauseAutopay, resumeAutopay } from '#app/payments/autopay/orders/change-order.server.ts'
import { drawUpAgreement } from '#app/payments/autopay/orders/draw-up-agreement.server.ts'
import { enrollAutopay } from '#app/payments/autopay/orders/enroll.server.ts'
import { removeMethod } from '#app/payments/methods/change-method.server.ts'
import { db } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'
import { ACCEPTANCE, agree, createPayer, runsOf, saveTestMethod } from '#test/support/autopay-world.ts'
import { type CardWorld, createBuyer, openCardWorld } from '#test/support/card-world.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
}, 60_000)
afterAll(() => world.stop())

const lettersTo = (customerId: string, template: string) =>
  db.mailOutbox.findMany({ where: { customerId, template }, orderBy: { createdAt: 'asc' } })

test('an order keeps the text as it was shown, who agreed to it and where, and a copy is mailed to both', async () => {
  const payer = await createPayer(world, [10_000n])
  const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(order).toMatchObject({
    state: 'active',
    acceptedBy: payer.personId,
    ...ACCEPTANCE,
    maxMinor: 500_000n,
  })
  expect(order.agreedText).toContain('Visa ending 4242')
  expect(order.agreedText).toContain('never more than $5,000.00')
  expect(order.textHash).toBe(sha256(`${order.textVersion}\n\n${order.agreedText}`))
  expect(await lettersTo(payer.customerId, 'autopay-enrolled')).toHaveLength(2)
  expect(await db.mandate.count({ where: { customerId: payer.customerId } })).toBe(0)
})

test('an order over a bank account is a mandate for many debits, and ends with it', async () => {
  const payer = await createPayer(world, [10_000n], { token: 'pm_usBankAccount_success' })
  const [mandate] = await db.mandate.findMany({
    where: { savedMethodId: payer.terms.methodId, textVersion: AGREEMENT_VERSION },
  })
  expect(mandate).toMatchObject({
    use: 'multi_use',
    state: 'active',
    acceptedBy: payer.personId,
    ...ACCEPTANCE,
  })
  const ended = await endAutopay({ ...payer })
  expect(ended.ok).toBe(true)
  expect(await db.mandate.findUniqueOrThrow({ where: { id: mandate?.id ?? '' } })).toMatchObject({
    state: 'inactive',
    endedReason: 'revoked',
  })
})

test('a tick under another text makes nothing', async () => {
  const payer = await createPayer(world, [10_000n])
  const shown = await drawUpAgreement(payer.customerId, 'Pat Payer', payer.terms)
  if (!shown.ok) throw new Error(shown.refusal.code)
  const result = await enrollAutopay({
    ...{
      customerId: payer.customerId,
      personId: payer.personId,
      personName: 'Pat Payer',
      acceptance: ACCEPTANCE,
    },
    ...{ terms: { ...payer.terms, limitMinor: 900_000n }, shownHash: shown.hash },
  })
  expect(result).toMatchObject({ ok: false, refusal: { code: 'AUTOPAY_TEXT_CHANGED' } })
  const live = await db.autopayEnrollment.findMany({
    where: { customerId: payer.customerId, state: 'active' },
  })
  expect(live.map(({ id }) => id)).toEqual([payer.enrollmentId])
})

test('another limit is another agreement: the order before ends, and its announced debits with it', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  const next = await agree(payer, { ...payer.terms, limitMinor: 20_000n })
  const orders = await db.autopayEnrollment.findMany({
    where: { customerId: payer.customerId },
    orderBy: { id: 'asc' },
  })
  expect(orders.map(({ id, state }) => [id, state])).toEqual([
    [payer.enrollmentId, 'ended'],
    [next, 'active'],
  ])
  expect(await runsOf(payer)).toMatchObject([{ state: 'skipped', reason: 'autopay_ended' }])
})

test('of forms that are sent at once, one order is live in the end', async () => {
  const payer = await createPayer(world, [10_000n])
  await Promise.all(
    [1n, 2n, 3n, 4n].map((factor) => agree(payer, { ...payer.terms, limitMinor: factor * 10_000n })),
  )
  expect(
    await db.autopayEnrollment.count({ where: { customerId: payer.customerId, state: { not: 'ended' } } }),
  ).toBe(1)
})

test('what the supplier or the method does not allow is refused with a reason', async () => {
  const buyer = await createBuyer([])
  const other = await createPayer(world, [10_000n])
  const card = await saveTestMethod(world, buyer.customerId, 'pm_card_visa')
  const bank = await saveTestMethod(world, buyer.customerId, 'pm_usBankAccount_success')
  const terms = { ...other.terms, methodId: card }
  const EUR = parseCurrency('EUR')
  await db.paymentPolicy.create({
    data: { currency: 'EUR', autopayCapMinor: 100_000n, updatedAt: new Date() },
  })
  const refusals = await Promise.all(
    [
      { ...terms, methodId: other.terms.methodId },
      { ...terms, methodId: bank, currency: EUR, limitMinor: 100n },
      { ...terms, currency: EUR, limitMinor: 100_001n },
      { ...terms, currency: EUR, limitMinor: 100_000n },
    ].map(async (each) => {
      const result = await drawUpAgreement(buyer.customerId, 'Pat', each)
      return result.ok ? 'fine' : result.refusal.code
    }),
  )
  expect(refusals).toEqual(['METHOD_NOT_FOUND', 'METHOD_NOT_USABLE', 'AUTOPAY_LIMIT_ABOVE_CAP', 'fine'])
})

test('an order is paused, resumed and ended by its customer only, and its method stays while it lives', async () => {
  const payer = await createPayer(world, [10_000n])
  const stranger = await createBuyer([])
  const ask = { customerId: payer.customerId, personId: payer.personId, enrollmentId: payer.enrollmentId }
  expect(await pauseAutopay({ ...ask, customerId: stranger.customerId })).toMatchObject({ ok: false })
  expect(await pauseAutopay({ ...ask, enrollmentId: newId<'aut'>() })).toMatchObject({ ok: false })
  await pauseAutopay(ask)
  const state = () => db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(await state()).toMatchObject({ state: 'paused', pausedReason: 'by_buyer' })
  await announceDebits()
  expect(await runsOf(payer)).toEqual([])
  expect(await resumeAutopay(ask)).toEqual({ ok: true })
  expect(await state()).toMatchObject({ state: 'active', pausedReason: null })
  const removal = await removeMethod(world.processor, { ...ask, methodId: payer.terms.methodId })
  expect(removal).toMatchObject({ ok: false, refusal: { code: 'METHOD_IN_USE' } })
  expect(await endAutopay(ask)).toEqual({ ok: true })
  expect(await resumeAutopay(ask)).toMatchObject({ ok: false, refusal: { code: 'AUTOPAY_NOT_FOUND' } })
})

test('an order whose method cannot be charged any more is paused instead of announced, and cannot be resumed', async () => {
  const payer = await createPayer(world, [10_000n])
  await db.savedMethod.update({ where: { id: payer.terms.methodId }, data: { state: 'suspended' } })
  await announceDebits()
  await announceDebits()
  expect(await runsOf(payer)).toEqual([])
  const order = await db.autopayEnrollment.findUniqueOrThrow({ where: { id: payer.enrollmentId } })
  expect(order).toMatchObject({ state: 'paused', pausedReason: 'method_gone' })
  expect(await lettersTo(payer.customerId, 'autopay-paused')).toHaveLength(2)
  expect(await resumeAutopay({ ...payer })).toMatchObject({
    ok: false,
    refusal: { code: 'METHOD_NOT_USABLE' },
  })
})

test('an order that a return has paused is told of once, whoever paused it', async () => {
  const payer = await createPayer(world, [10_000n])
  const paused = { state: 'paused', pausedReason: 'second_return', updatedAt: new Date() } as const
  await db.autopayEnrollment.update({ where: { id: payer.enrollmentId }, data: paused })
  await announceDebits()
  await announceDebits()
  expect(await lettersTo(payer.customerId, 'autopay-paused')).toHaveLength(2)
})
