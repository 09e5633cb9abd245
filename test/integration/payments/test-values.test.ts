/**
 * Every test card and test bank account that the processor documents, driven through the portal's own code and ending in the stated
 * state: on the processor's page with the customer there, saved and charged without them, and by bank debit.
 * https://docs.stripe.com/testing and https://docs.stripe.com/payments/ach-direct-debit
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PaymentId } from '#app/books/ids.ts'
import type { PaymentState } from '#app/payments/payment.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type CardWorld,
  chargeSaved,
  chargesOf,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
  saveMethod,
  settleDown,
} from '#test/support/card-world.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

const DAY_SECONDS = 86_400
const AMOUNT = 12_345n

type Entered = { readonly paymentId: PaymentId; readonly invoiceId: string; readonly outcome: string }

/** A buyer pays one invoice on the processor's page. */
async function enter(input: object): Promise<Entered> {
  const buyer = await createBuyer([AMOUNT])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  const { outcome } = await enterCard(world, checkoutId, input)
  await settleDown(world, paymentId)
  return { paymentId, invoiceId: buyer.invoiceIds[0] ?? '', outcome }
}

/** Where the payment is, and what its invoice says: money counts only once it is settled. */
async function expectState({ paymentId, invoiceId }: Entered, state: PaymentState): Promise<void> {
  expect((await paymentRow(paymentId)).state).toBe(state)
  const open = state === 'settled' ? 0n : AMOUNT
  const isHeld = state !== 'settled' && state !== 'failed'
  expect(await openAndHeld(invoiceId)).toEqual({ open, held: isHeld ? AMOUNT : 0n })
  expect(await chargesOf(world, paymentId)).toHaveLength(state === 'settled' ? 1 : 0)
}

describe('a card on the processor’s page', () => {
  test.each([
    ['4242424242424242', 'visa'],
    ['5555555555554444', 'mastercard'],
    ['378282246310005', 'amex'],
    ['4000056655665556', 'visa'],
    ['4000000000000077', 'visa'],
    ['4000000000009235', 'visa'],
    ['4000000000004954', 'visa'],
    ['4000000032200000', 'visa'],
    ['4000000000003055', 'visa'],
  ])('%s pays', async (card, brand) => {
    const entered = await enter({ card })
    await expectState(entered, 'settled')
    expect(await paymentRow(entered.paymentId)).toMatchObject({ cardBrand: brand, cardLast4: card.slice(-4) })
  })

  test.each([
    ['4000000000000002', 'generic_decline'],
    ['4000000000009995', 'insufficient_funds'],
    ['4000000000009987', 'lost_card'],
    ['4000000000009979', 'stolen_card'],
    ['4000000000000069', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc'],
    ['4000000000000119', 'processing_error'],
    ['4000000000006975', 'card_velocity_exceeded'],
    ['4100000000000019', 'fraudulent'],
    ['4000000000000341', 'generic_decline'],
  ])('%s is declined with %s, and the page stays open for another card', async (card, code) => {
    const entered = await enter({ card })
    await expectState(entered, 'awaiting_customer')
    expect((await paymentRow(entered.paymentId)).failureCode).toBe(code)
    const { stripeCheckoutSessionId } = await paymentRow(entered.paymentId)
    await enterCard(world, stripeCheckoutSessionId ?? '')
    await settleDown(world, entered.paymentId)
    await expectState(entered, 'settled')
  })

  test.each([
    ['a wrong number', { card: '4242424242424241' }],
    ['month 13', { expiry: '13/2040' }],
    ['a year in the past', { expiry: '12/2020' }],
    ['a short security code', { cvc: '99' }],
  ])('%s is refused before anything is tried', async (_what, input) => {
    const entered = await enter(input)
    expect(entered.outcome).toBe('invalid')
    await expectState(entered, 'awaiting_customer')
  })

  test.each([
    '4000002500003155',
    '4000002760003184',
    '4000003800000446',
    '4000000000003220',
    '4000008400000027',
  ])('%s waits for the bank’s check; passed, it pays; failed, it does not', async (card) => {
    await expectState(await enter({ card }), 'requires_action')
    await expectState(await enter({ card, challenge: 'pass' }), 'settled')
    const failed = await enter({ card, challenge: 'fail' })
    await expectState(failed, 'awaiting_customer')
    expect((await paymentRow(failed.paymentId)).failureCode).toBe('payment_intent_authentication_failure')
  })

  test.each([
    ['4000008260003178', 'insufficient_funds'],
    ['4000008400001629', 'generic_decline'],
  ])('%s passes the check and is declined with %s', async (card, code) => {
    const entered = await enter({ card, challenge: 'pass' })
    await expectState(entered, 'awaiting_customer')
    expect((await paymentRow(entered.paymentId)).failureCode).toBe(code)
  })

  test('4000008400001280 is declined because the check cannot be made', async () => {
    await expectState(await enter({ card: '4000008400001280' }), 'awaiting_customer')
  })

  test.each([
    ['apple_pay', { wallet: 'apple_pay' }],
    ['google_pay', { wallet: 'google_pay' }],
  ])('%s pays, and the receipt’s payment says so', async (wallet, input) => {
    const entered = await enter(input)
    await expectState(entered, 'settled')
    expect(await paymentRow(entered.paymentId)).toMatchObject({ method: 'card', wallet })
  })

  test('Link pays as a method of its own', async () => {
    const entered = await enter({ link: true })
    await expectState(entered, 'settled')
    expect((await paymentRow(entered.paymentId)).method).toBe('link')
  })
})

describe('a card that was saved, charged without its holder', () => {
  const save = async (input: { card: string; challenge?: 'pass' }) => {
    const buyer = await createBuyer([AMOUNT])
    const methodId = await saveMethod(world, buyer, input)
    if (methodId === null) throw new Error('it was not saved')
    const { paymentId } = await chargeSaved(world, buyer, methodId)
    await settleDown(world, paymentId)
    return { paymentId, invoiceId: buyer.invoiceIds[0] ?? '', outcome: '' }
  }

  test.each([
    { card: '4242424242424242' },
    // Set up with the check, it needs none later.
    { card: '4000002500003155', challenge: 'pass' as const },
    { card: '4000003800000446', challenge: 'pass' as const },
  ])('$card pays', async (input) => {
    await expectState(await save(input), 'settled')
  })

  test.each([
    [{ card: '4000000000000341' }, 'generic_decline'],
    [{ card: '4000002760003184', challenge: 'pass' as const }, 'authentication_required'],
    [{ card: '4000008260003178', challenge: 'pass' as const }, 'insufficient_funds'],
  ])('%o fails with %s', async (input, code) => {
    const entered = await save(input)
    await expectState(entered, 'failed')
    expect((await paymentRow(entered.paymentId)).failureCode).toBe(code)
  })
})

describe('a bank account', () => {
  /** On its way after the buyer confirmed; then the bank answers. */
  async function debit(account: string): Promise<Entered> {
    const entered = await enter({ bank_account: account })
    await expectState(entered, 'processing')
    expect(await paymentRow(entered.paymentId)).toMatchObject({
      method: 'us_bank_account',
      cardLast4: account.slice(-4),
      expectedOn: expect.any(Date),
    })
    expect(await db.mandate.findFirst({ where: { paymentId: entered.paymentId } })).not.toBeNull()
    await advanceProcessor(world, { businessDays: 5 })
    await settleDown(world, entered.paymentId)
    return entered
  }

  test('000123456789 arrives after some banking days', async () => {
    await expectState(await debit('000123456789'), 'settled')
  })

  test.each([
    ['000111111113', 'account_closed'],
    ['000111111116', 'no_account'],
    ['000222222227', 'insufficient_funds'],
    ['000333333335', 'debit_not_authorized'],
    ['000444444440', 'payment_method_currency_mismatch'],
    ['000888888885', 'bank_account_unusable'],
  ])('%s is returned with %s, and its invoice can be paid again', async (account, code) => {
    const entered = await debit(account)
    await expectState(entered, 'failed')
    expect((await paymentRow(entered.paymentId)).failureCode).toBe(code)
  })

  test('000000000009 stays on its way', async () => {
    await expectState(await debit('000000000009'), 'processing')
  })

  test.each(['000777777771', '000000004954'])('%s is refused at once', async (account) => {
    const entered = await enter({ bank_account: account })
    await expectState(entered, 'awaiting_customer')
    expect((await paymentRow(entered.paymentId)).failureCode).not.toBeNull()
  })

  test.each([
    ['000555555559', 10],
    ['000999999991', 4 * DAY_SECONDS],
    ['000999999992', 31 * DAY_SECONDS],
  ])('%s arrives, and is taken back later: its invoice is open again', async (account, seconds) => {
    const entered = await debit(account)
    await advanceProcessor(world, { seconds })
    await settleDown(world, entered.paymentId)
    expect(await paymentRow(entered.paymentId)).toMatchObject({ state: 'settled', reversedMinor: AMOUNT })
    expect(await openAndHeld(entered.invoiceId)).toEqual({ open: AMOUNT, held: 0n })
    expect(await db.paymentReversal.findFirst({ where: { paymentId: entered.paymentId } })).toMatchObject({
      kind: 'bank_return',
      amountMinor: AMOUNT,
    })
  })

  describe('whose numbers were typed in waits for two small deposits', () => {
    async function typeNumbers(account: string): Promise<Entered & { intentId: string }> {
      const entered = await enter({ bank_account: account, entry: 'manual' })
      await expectState(entered, 'requires_action')
      const { stripePaymentIntentId } = await paymentRow(entered.paymentId)
      return { ...entered, intentId: stripePaymentIntentId ?? '' }
    }
    const confirm = (intentId: string, answer: object): Promise<unknown> =>
      world.sandbox.control('POST', `microdeposits/${intentId}`, answer).catch(() => null)

    test.each([{ amounts: [32, 45] }, { code: 'SM11AA' }])(
      '%o confirms it, and it arrives',
      async (answer) => {
        const entered = await typeNumbers('000123456789')
        await confirm(entered.intentId, answer)
        await settleDown(world, entered.paymentId)
        await expectState(entered, 'processing')
        await advanceProcessor(world, { businessDays: 5 })
        await settleDown(world, entered.paymentId)
        await expectState(entered, 'settled')
      },
    )

    test.each([{ amounts: [10, 11] }, { code: 'SM33CC' }, { amounts: [40, 41] }, { code: 'SM44DD' }])(
      '%o ends it, and its invoice can be paid again',
      async (answer) => {
        const entered = await typeNumbers('000123456789')
        await confirm(entered.intentId, answer)
        await settleDown(world, entered.paymentId)
        await expectState(entered, 'failed')
      },
    )

    test('000666666661 cannot be sent any: it ends, and its invoice can be paid again', async () => {
      const entered = await typeNumbers('000666666661')
      await advanceProcessor(world, { businessDays: 3 })
      await settleDown(world, entered.paymentId)
      await expectState(entered, 'failed')
    })
  })
})
