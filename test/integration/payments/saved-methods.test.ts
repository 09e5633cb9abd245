/** Methods that the processor keeps: saved on its page, charged without it, removed; and what an unclear answer leaves. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { makeDefault, removeMethod } from '#app/payments/methods/change-method.server.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type Buyer,
  type CardWorld,
  cartOf,
  chargeSaved,
  chargesOf,
  createBuyer,
  deliverWebhooks,
  openCardWorld,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

async function saved(buyer: Buyer, input: Parameters<typeof saveMethod>[2]) {
  const id = await saveMethod(world, buyer, input)
  if (id === null) throw new Error('nothing was saved')
  return id
}

const VISA = { card: '4242424242424242' }
const BANK = { bank_account: '000123456789' }

describe('a method that is saved without paying', () => {
  test('is kept with what tells it from others, and the first one is the default', async () => {
    const buyer = await createBuyer([])
    const card = await saved(buyer, VISA)
    const bank = await saved(buyer, BANK)
    expect(await listSavedMethods(buyer.customerId)).toMatchObject([
      { id: card, kind: 'card', brand: 'visa', last4: '4242', funding: 'credit', isDefault: true },
      { id: bank, kind: 'us_bank_account', last4: '6789', isDefault: false, state: 'active' },
    ])
    await makeDefault({ customerId: buyer.customerId, personId: buyer.personId, methodId: bank })
    expect(await listSavedMethods(buyer.customerId)).toMatchObject([
      { id: bank, isDefault: true },
      { id: card, isDefault: false },
    ])
  })

  test('brings the mandate of a bank account: who agreed, when and where', async () => {
    const buyer = await createBuyer([])
    const savedMethodId = await saved(buyer, BANK)
    expect(await db.mandate.findFirst({ where: { savedMethodId } })).toMatchObject({
      customerId: buyer.customerId,
      acceptedBy: buyer.personId,
      state: 'active',
      use: 'multi_use',
      textVersion: 'processor',
      ipAddress: expect.any(String),
      userAgent: expect.any(String),
    })
  })

  test('is found by its events when nobody came back from the page', async () => {
    const buyer = await createBuyer([])
    await saved(buyer, VISA)
    await db.methodSetup.updateMany({
      where: { customerId: buyer.customerId },
      data: { state: 'open', savedMethodId: null },
    })
    await deliverWebhooks(world)
    expect(await db.methodSetup.findFirst({ where: { customerId: buyer.customerId } })).toMatchObject({
      state: 'finished',
      savedMethodId: expect.any(String),
    })
    expect(await db.savedMethod.count({ where: { customerId: buyer.customerId } })).toBe(1)
  })

  test('is let go of at the processor when it is removed, and its mandate ends', async () => {
    const buyer = await createBuyer([])
    const methodId = await saved(buyer, BANK)
    const change = { customerId: buyer.customerId, personId: buyer.personId, methodId }
    const { providerMethodId } = await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })
    await world.sandbox.control('POST', 'faults', {
      kind: 'status',
      status: 500,
      path: '/v1/payment_methods',
      method: 'POST',
      count: 2,
    })
    expect(await removeMethod(world.processor, change)).toMatchObject({
      refusal: { code: 'PROVIDER_UNAVAILABLE' },
    })
    expect(await listSavedMethods(buyer.customerId)).toHaveLength(1)
    await world.sandbox.control('DELETE', 'faults')
    expect(await removeMethod(world.processor, change)).toEqual({ ok: true })
    expect(await listSavedMethods(buyer.customerId)).toEqual([])
    const kept = await world.sandbox.stripe.paymentMethods.retrieve(providerMethodId)
    expect(kept.customer).toBeNull()
    expect(await db.mandate.findFirst({ where: { savedMethodId: methodId } })).toMatchObject({
      state: 'inactive',
      endedReason: 'method_removed',
    })
    expect(await removeMethod(world.processor, change)).toMatchObject({
      refusal: { code: 'METHOD_NOT_FOUND' },
    })
  })

  test('of another customer can be neither charged nor changed', async () => {
    const [owner, stranger] = [await createBuyer([]), await createBuyer([1_000n])]
    const methodId = await saved(owner, VISA)
    await expect(chargeSaved(world, stranger, methodId)).rejects.toThrow('METHOD_NOT_FOUND')
    const change = { customerId: stranger.customerId, personId: stranger.personId, methodId }
    expect(await makeDefault(change)).toMatchObject({ refusal: { code: 'METHOD_NOT_FOUND' } })
    expect(await removeMethod(world.processor, change)).toMatchObject({
      refusal: { code: 'METHOD_NOT_FOUND' },
    })
  })
})

describe('a charge of a saved method', () => {
  test('settles at once by card, and the same form again is the same payment', async () => {
    const buyer = await createBuyer([12_345n])
    const methodId = await saved(buyer, VISA)
    const cart = await cartOf(buyer)
    expect(await chargeSaved(world, buyer, methodId, { cart })).toMatchObject({ state: 'settled' })
    expect(await chargeSaved(world, buyer, methodId, { cart })).toMatchObject({ state: 'settled' })
    expect(await chargesOf(world, cart.paymentId)).toHaveLength(1)
    expect(await paymentRow(cart.paymentId)).toMatchObject({ savedMethodId: methodId, cardLast4: '4242' })
  })

  test('is on its way by bank account, with the day it is expected, and settles days later', async () => {
    const buyer = await createBuyer([50_000n])
    const methodId = await saved(buyer, BANK)
    const { paymentId, state } = await chargeSaved(world, buyer, methodId)
    expect(state).toBe('processing')
    expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 50_000n, held: 50_000n })
    expect((await paymentRow(paymentId)).expectedOn).not.toBeNull()
    await advanceProcessor(world, { businessDays: 5 })
    await settleDown(world, paymentId)
    expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', method: 'us_bank_account' })
    expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
  })

  test('that is declined has failed, says why, and frees the amounts', async () => {
    const buyer = await createBuyer([7_000n])
    const methodId = await saved(buyer, { card: '4000000000000341' })
    const { paymentId, state } = await chargeSaved(world, buyer, methodId)
    expect(state).toBe('failed')
    expect((await paymentRow(paymentId)).failureCode).toBe('generic_decline')
    expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 7_000n, held: 0n })
    expect(await chargesOf(world, paymentId)).toEqual([])
  })

  test('whose answer is lost is unknown, blocks a second one, and is one charge in the end', async () => {
    const buyer = await createBuyer([9_000n])
    const methodId = await saved(buyer, VISA)
    const cart = await cartOf(buyer)
    await world.sandbox.control('POST', 'faults', {
      kind: 'reset',
      method: 'POST',
      path: '/v1/payment_intents',
      count: 2,
    })
    const { state } = await chargeSaved(world, buyer, methodId, { cart })
    expect(state).toBe('created')
    const attempt = await db.paymentAttempt.findFirstOrThrow({ where: { paymentId: cart.paymentId } })
    expect(attempt.state).toBe('unknown')
    await expect(chargeSaved(world, buyer, methodId, { cart: await cartOf(buyer) })).rejects.toThrow(
      'AMOUNT_HELD',
    )
    await world.sandbox.control('DELETE', 'faults')
    expect(await sendAttempt(world.processor, attempt.id)).toBe('answered')
    await settleDown(world, cart.paymentId)
    expect(await paymentRow(cart.paymentId)).toMatchObject({ state: 'settled' })
    expect(await chargesOf(world, cart.paymentId)).toHaveLength(1)
  })

  test('with a removed or unusable method is refused before anything is sent', async () => {
    const buyer = await createBuyer([1_000n])
    const methodId = await saved(buyer, VISA)
    await db.savedMethod.update({ where: { id: methodId }, data: { expYear: 2020 } })
    await expect(chargeSaved(world, buyer, methodId)).rejects.toThrow('METHOD_NOT_USABLE')
    await db.savedMethod.update({
      where: { id: methodId },
      data: { expYear: 2040, state: 'suspended', suspendedReason: 'second_return' },
    })
    await expect(chargeSaved(world, buyer, methodId)).rejects.toThrow('METHOD_NOT_USABLE')
    await expect(chargeSaved(world, buyer, newId<'met'>())).rejects.toThrow('METHOD_NOT_FOUND')
    expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
  })
})
