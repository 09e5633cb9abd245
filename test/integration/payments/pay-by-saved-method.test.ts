/** A cart that is paid by a saved method: the rules of the cart and the fee of the card hold, and no page is opened. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type SavedMethodId } from '#app/books/ids.ts'
import { type PayInvoices, payInvoices } from '#app/payments/pay-invoices.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type Buyer,
  type CardWorld,
  cartOf,
  chargesOf,
  createBuyer,
  openCardWorld,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

async function saved(buyer: Buyer, input: Parameters<typeof saveMethod>[2]): Promise<SavedMethodId> {
  const id = await saveMethod(world, buyer, input)
  if (id === null) throw new Error('nothing was saved')
  return id
}

const payBy = async (
  buyer: Buyer,
  methodId: SavedMethodId,
  options: { feeSeenMinor?: bigint; cart?: PayInvoices['cart'] } = {},
) => {
  const cart = options.cart ?? (await cartOf(buyer))
  const chosen = { methodId, feeSeenMinor: options.feeSeenMinor ?? 0n, acceptance: null }
  const { customerId, personId } = buyer
  const origin = 'http://localhost:3000'
  const result = await payInvoices({ processor: world.processor, customerId, personId, cart, chosen, origin })
  return { result, paymentId: cart.paymentId }
}

/** The supplier takes 2.9 % on credit cards of Visa. */
async function takeFees(): Promise<void> {
  await asOwner('DELETE FROM surcharge_rule')
  await db.surchargeRule.create({
    data: {
      ...{ id: newId(), rateBps: 290, networkCaps: { visa: 300 }, stateCaps: {} },
      validFrom: new Date('2020-01-01'),
      reviewOn: new Date('2090-01-01'),
      createdAt: new Date(),
    },
  })
}

test('a saved card pays what its payer saw, in one charge and without a page', async () => {
  const buyer = await createBuyer([12_345n])
  const methodId = await saved(buyer, { card: '4242424242424242' })
  const { result, paymentId } = await payBy(buyer, methodId)
  expect(result).toMatchObject({ ok: true, checkoutUrl: null, isCovered: false })
  await settleDown(world, paymentId)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', savedMethodId: methodId })
  expect(await chargesOf(world, paymentId)).toMatchObject([{ amount: 12_345 }])
})

test('a fee for a credit card is charged only once it was shown, and never becomes part of the invoice', async () => {
  await takeFees()
  const buyer = await createBuyer([10_000n])
  const methodId = await saved(buyer, { card: '4242424242424242' })
  const cart = await cartOf(buyer)
  expect((await payBy(buyer, methodId, { cart })).result).toMatchObject({
    ok: false,
    refusal: { code: 'FEE_NOT_SEEN', feeMinor: '290' },
  })
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
  const { result, paymentId } = await payBy(buyer, methodId, { cart, feeSeenMinor: 290n })
  expect(result.ok).toBe(true)
  await settleDown(world, paymentId)
  expect(await chargesOf(world, paymentId)).toMatchObject([{ amount: 10_290 }])
  expect(await paymentRow(paymentId)).toMatchObject({ surchargeMinor: 290n, unallocatedMinor: 0n })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
  expect(await findReceipt(paymentId, buyer.customerId)).toMatchObject({
    ...{ received: { minor: 10_290n }, fee: { minor: 290n }, unapplied: { minor: 0n } },
    items: [{ amount: { minor: 10_000n }, openAfter: { minor: 0n } }],
  })
})

test('debit cards and bank accounts cost no fee; a fee that is not due is not taken either', async () => {
  await takeFees()
  const buyer = await createBuyer([10_000n])
  const debit = await saved(buyer, { card: '4000056655665556' })
  const bank = await saved(buyer, { bank_account: '000123456789' })
  expect((await payBy(buyer, debit, { feeSeenMinor: 290n })).result).toMatchObject({
    refusal: { code: 'FEE_NOT_SEEN', feeMinor: '0' },
  })
  const { result, paymentId } = await payBy(buyer, bank)
  expect(result.ok).toBe(true)
  await settleDown(world, paymentId)
  expect((await paymentRow(paymentId)).state).toBe('processing')
  await advanceProcessor(world, { businessDays: 5 })
  await settleDown(world, paymentId)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', surchargeMinor: 0n })
})

test('the same form with another method is another intent, and is refused', async () => {
  await asOwner('DELETE FROM surcharge_rule')
  const buyer = await createBuyer([3_000n])
  const [visa, debit] = [
    await saved(buyer, { card: '4242424242424242' }),
    await saved(buyer, { card: '4000056655665556' }),
  ]
  const cart = await cartOf(buyer)
  await payBy(buyer, visa, { cart })
  expect((await payBy(buyer, visa, { cart })).result.ok).toBe(true)
  expect((await payBy(buyer, debit, { cart })).result).toMatchObject({
    refusal: { code: 'PAYMENT_SUBMITTED_DIFFERENTLY' },
  })
  expect(await chargesOf(world, cart.paymentId)).toHaveLength(1)
})
