/** Bank debits that come to nothing, before they count as paid and after: the books, the next debit, and who is told. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId, type PaymentId, type SavedMethodId } from '#app/books/ids.ts'
import { syncMethods } from '#app/payments/methods/sync-methods.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { issueInvoice, openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type Buyer,
  type CardWorld,
  cartOf,
  chargeSaved,
  createBuyer,
  openCardWorld,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'
import { ask, breaches, held, hire, lettersOf, paidBy } from '#test/support/money-back.ts'

const GOOD = '000123456789'
const NO_FUNDS = '000222222227'
const NOT_AUTHORIZED = '000333333335'
const CLOSED = '000111111113'
const LATE_NO_FUNDS = '000999999991'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
afterEach(async () => expect(await breaches()).toEqual([]))

/** A buyer whose standing order debits this account. */
async function enrolled(account: string): Promise<{ buyer: Buyer; methodId: SavedMethodId }> {
  const buyer = await createBuyer([3_000n])
  const methodId = await saveMethod(world, buyer, { bank_account: account })
  if (methodId === null) throw new Error('nothing was saved')
  const now = new Date()
  const { customerId } = buyer
  await db.autopayEnrollment.create({
    data: {
      ...{ id: newId(), customerId, savedMethodId: methodId, currency: 'USD', state: 'active', scope: 'all' },
      ...{
        maxMinor: 100_000n,
        textVersion: '1',
        textHash: 'hash',
        acceptedAt: now,
        createdAt: now,
        updatedAt: now,
      },
    },
  })
  return { buyer, methodId }
}

/** Debits the account for the buyer's invoices and lets the bank answer. */
async function debit(buyer: Buyer, methodId: SavedMethodId): Promise<PaymentId> {
  const { paymentId } = await chargeSaved(world, buyer, methodId, { cart: await cartOf(buyer) })
  await advanceProcessor(world, { businessDays: 5 })
  await settleDown(world, paymentId)
  return paymentId
}

const stateOf = async (methodId: SavedMethodId) => {
  const method = await db.savedMethod.findUniqueOrThrow({
    where: { id: methodId },
    include: { enrollments: true, mandates: true },
  })
  const [order] = method.enrollments
  return {
    method: method.state,
    suspendedReason: method.suspendedReason,
    autopay: order?.state,
    pausedReason: order?.pausedReason,
    mandates: method.mandates.map(({ state }) => state),
  }
}

test('want of funds lets autopay go on once, and pauses it the second time; both sides are told each time', async () => {
  const { buyer, methodId } = await enrolled(NO_FUNDS)
  const first = await debit(buyer, methodId)
  expect(await paymentRow(first)).toMatchObject({ state: 'failed' })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 3_000n, held: 0n })
  expect(await stateOf(methodId)).toMatchObject({ method: 'active', autopay: 'active', pausedReason: null })
  expect(await lettersOf(buyer.customerId)).toEqual(['bank-return payer', 'bank-return staff'])
  await debit(buyer, methodId)
  expect(await stateOf(methodId)).toMatchObject({ autopay: 'paused', pausedReason: 'second_return' })
  expect(
    await db.mailOutbox.count({ where: { template: 'bank-return', customerId: buyer.customerId } }),
  ).toBe(6)
})

test('a debit that was not authorised ends the mandate and pauses autopay at once', async () => {
  const { buyer, methodId } = await enrolled(NOT_AUTHORIZED)
  await debit(buyer, methodId)
  expect(await stateOf(methodId)).toMatchObject({
    ...{ method: 'suspended', autopay: 'paused', pausedReason: 'forbidden_return', mandates: ['inactive'] },
  })
})

test('a closed account is used no more', async () => {
  const { buyer, methodId } = await enrolled(CLOSED)
  await debit(buyer, methodId)
  const { method, pausedReason } = await stateOf(methodId)
  expect(method).toBe('removed')
  expect(pausedReason).toBe('forbidden_return')
})

test('a late return opens the invoice again at once, out of clearing, and the invoice can be paid again', async () => {
  const { buyer, methodId } = await enrolled(LATE_NO_FUNDS)
  const paymentId = await debit(buyer, methodId)
  await advanceProcessor(world, { businessDays: 5 })
  await settleDown(world, paymentId)
  const invoiceId = buyer.invoiceIds[0] ?? ''
  expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
  expect(await db.chargeback.findMany({ where: { paymentId } })).toMatchObject([
    { state: 'lost', money: 'lost' },
  ])
  expect(await db.paymentReversal.findMany({ where: { paymentId } })).toMatchObject([
    { kind: 'bank_return', reason: 'insufficient_funds' },
  ])
  expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 0n])
  expect(await lettersOf(buyer.customerId)).toEqual(['bank-return payer', 'bank-return staff'])
  await syncPayment(world.processor, paymentId, 'sweep')
  expect((await openAndHeld(invoiceId)).open).toBe(3_000n)

  const again = await chargeSaved(
    world,
    buyer,
    (await saveMethod(world, buyer, { card: '4242424242424242' })) ?? methodId,
  )
  await settleDown(world, again.paymentId)
  expect(await openAndHeld(invoiceId)).toEqual({ open: 0n, held: 0n })
})

describe('a debit that is refunded and returned as well', () => {
  async function refunded() {
    const paid = await paidBy(world, [3_000n], { bank_account: GOOD })
    const by = { kind: 'staff', personId: await hire('clerk') } as const
    expect(await ask(world, paid.paymentId, 3_000n, by)).toMatchObject({ ok: true })
    return { ...paid, invoiceId: paid.buyer.invoiceIds[0] ?? '' }
  }

  async function comeBack(paymentId: PaymentId): Promise<void> {
    const { stripePaymentIntentId } = await paymentRow(paymentId)
    await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/late_return?code=R10`)
    await settleDown(world, paymentId)
  }

  const openCases = (paymentId: PaymentId) =>
    db.exceptionCase.count({ where: { kind: 'payment.overdrawn', subjectId: paymentId, resolvedAt: null } })

  test('is booked twice as it went out twice: the customer owes what it got too much, and a person is told', async () => {
    const { paymentId, invoiceId } = await refunded()
    await advanceProcessor(world, { businessDays: 4 })
    await settleDown(world, paymentId)
    await comeBack(paymentId)
    await settleDown(world, paymentId)
    expect([await held(paymentId, 1200), await held(paymentId, 1400)]).toEqual([-3_000n, 3_000n])
    expect(await openAndHeld(invoiceId)).toEqual({ open: 3_000n, held: 0n })
    expect(await openCases(paymentId)).toBe(1)
  })

  test('whose refund fails after all went out once: the payment takes the return on', async () => {
    const { paymentId, invoiceId } = await refunded()
    await comeBack(paymentId)
    expect([await held(paymentId, 1200), await held(paymentId, 1400), await held(paymentId, 2400)]).toEqual([
      0n,
      3_000n,
      -3_000n,
    ])
    const listRefunds = async (chargeId: string) =>
      (await world.processor.listRefunds(chargeId)).map((each) => ({ ...each, status: 'failed' as const }))
    for (let time = 0; time < 2; time += 1)
      await syncPayment({ ...world.processor, listRefunds }, paymentId, 'sweep')
    expect([await held(paymentId, 1200), await held(paymentId, 1400), await held(paymentId, 2400)]).toEqual([
      0n,
      0n,
      0n,
    ])
    expect(await openAndHeld(invoiceId)).toEqual({ open: 3_000n, held: 0n })
    expect(await openCases(paymentId)).toBe(0)
  })

  test('whose return is won back owes nothing', async () => {
    const { paymentId } = await refunded()
    await comeBack(paymentId)
    const listDisputes = async (chargeId: string) =>
      (await world.processor.listDisputes(chargeId)).map((each) => ({
        ...each,
        ...{ state: 'won' as const, isReinstated: true },
      }))
    await syncPayment({ ...world.processor, listDisputes }, paymentId, 'sweep')
    expect([await held(paymentId, 1200), await held(paymentId, 1400)]).toEqual([3_000n, 0n])
    expect(await openCases(paymentId)).toBe(0)
  })
})

test('a return of a debit from the processor’s page, without a saved method, tells both sides and changes nothing else', async () => {
  const { buyer, paymentId } = await paidBy(world, [3_000n], { bank_account: GOOD })
  const { stripePaymentIntentId } = await paymentRow(paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/late_return?code=R10`)
  await settleDown(world, paymentId)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', reversedMinor: 3_000n })
  expect(await lettersOf(buyer.customerId)).toEqual(['bank-return payer', 'bank-return staff'])
})

test('a debit that is called failed after it had settled is booked as returned, once, and told to a person', async () => {
  const { buyer, paymentId } = await paidBy(world, [3_000n], { bank_account: GOOD })
  await issueInvoice(buyer.customerId, 100n)
  const readCheckout = async (id: string) => {
    const checkout = await world.processor.readCheckout(id)
    const intent = checkout?.intent ?? null
    if (checkout === null || intent?.charge === undefined || intent.charge === null)
      throw new Error('no charge')
    const charge = { ...intent.charge, failureCode: 'insufficient_funds', networkCode: 'R01' }
    return { ...checkout, intent: { ...intent, status: 'awaiting_method' as const, charge } }
  }
  await syncPayment({ ...world.processor, readCheckout }, paymentId, 'sweep')
  await syncPayment({ ...world.processor, readCheckout }, paymentId, 'sweep')
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', reversedMinor: 3_000n })
  expect(await db.paymentReversal.findMany({ where: { paymentId } })).toMatchObject([{ kind: 'bank_return' }])
  const cases = { kind: 'payment.failed-after-settled', subjectId: paymentId }
  expect(await db.exceptionCase.count({ where: cases })).toBe(1)
})

test('an account that was removed because it is closed stays removed when the card service still lists it', async () => {
  const { buyer, methodId } = await enrolled(CLOSED)
  await debit(buyer, methodId)
  const { stripeCustomerId } = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const { providerMethodId } = await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })
  const listed = await world.processor.listMethods(stripeCustomerId ?? '')
  expect(listed.map((each) => each.methodId)).toContain(providerMethodId)
  const removed = { state: 'removed', removedAt: expect.any(Date), isDefault: false }
  for (const blockedCode of ['R02', null]) {
    const listMethods = async () => listed.map((each) => ({ ...each, blockedCode }))
    await syncMethods({ ...world.processor, listMethods }, buyer.customerId)
    const row = await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })
    expect.soft(row, `blocked by ${blockedCode}`).toMatchObject(removed)
  }
})

test('a method that was added while the list was being read is not taken for one that is gone', async () => {
  const buyer = await createBuyer([])
  const listMethods = async () => {
    await saveMethod(world, buyer, { bank_account: GOOD })
    return []
  }
  await saveMethod(world, buyer, { card: '4242424242424242' })
  await syncMethods({ ...world.processor, listMethods }, buyer.customerId)
  const methods = await db.savedMethod.findMany({ where: { customerId: buyer.customerId } })
  expect(methods.map(({ kind, state }) => `${kind} ${state}`).toSorted()).toEqual([
    'card removed',
    'us_bank_account active',
  ])
})
