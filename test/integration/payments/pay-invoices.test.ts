import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId, encodeId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { problemOf } from '#app/payments/refusal-words.ts'
import { db } from '#app/platform/db.server.ts'
import { issueInvoice, openAndHeld } from '#test/support/books.ts'
import {
  type CardWorld,
  cartOf,
  chargesOf,
  checkoutsOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
  paymentRow,
} from '#test/support/card-world.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

test('two invoices are paid in one card payment: held while it is open, settled once, receipt in the outbox', async () => {
  const buyer = await createBuyer([12_345n, 500n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  expect((await paymentRow(paymentId)).state).toBe('awaiting_customer')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 12_345n, held: 12_345n })

  expect((await enterCard(world, checkoutId)).outcome).toBe('paid')
  await deliverWebhooks(world)
  const payment = await paymentRow(paymentId)
  expect(payment).toMatchObject({
    state: 'settled',
    receivedMinor: 12_845n,
    unallocatedMinor: 0n,
    cardBrand: 'visa',
    cardLast4: '4242',
  })
  for (const id of buyer.invoiceIds) expect(await openAndHeld(id)).toEqual({ open: 0n, held: 0n })
  expect(await chargesOf(world, paymentId)).toHaveLength(1)
  const letters = await db.mailOutbox.findMany({ where: { customerId: buyer.customerId } })
  expect(letters.map((each) => each.template)).toEqual(['receipt', 'receipt'])
  // The processor works out its fee a little later.
  await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
  await deliverWebhooks(world)
  const fee = await db.journal.findFirstOrThrow({
    where: { recordId: paymentId, kind: 'provider.fee' },
    include: { postings: true },
  })
  // The sandbox's price list: 2.9 % + 30 of 128.45.
  expect(fee.postings.map((each) => [each.accountCode, each.amountMinor])).toEqual([
    [5000, 403n],
    [1200, -403n],
  ])
})

test('the customer has one account at the processor, however many of its payments begin at once', async () => {
  const buyer = await createBuyer([100n, 200n, 300n, 400n])
  await Promise.all(
    buyer.invoiceIds.map(async (id) =>
      openCheckout(world, buyer, await cartOf({ ...buyer, invoiceIds: [id] })),
    ),
  )
  const { stripeCustomerId } = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const found = await world.sandbox.stripe.checkout.sessions.list({
    customer: stripeCustomerId ?? '',
    limit: 100,
  })
  expect(found.data).toHaveLength(4)
})

test('a customer that was made before a crash is found again, though its name and address have changed since', async () => {
  const reference = encodeId('cst', newId<'cst'>())
  const make = (name: string, email: string | null) =>
    world.processor.ensureCustomer({ knownId: null, reference, name, email })
  const first = await make('Oak Ltd', null)
  const again = await make('Oak & Sons Ltd', 'ap@oak.test')
  expect(again.processorCustomerId).toBe(first.processorCustomerId)
  expect(await world.sandbox.stripe.customers.retrieve(first.processorCustomerId)).toMatchObject({
    name: 'Oak & Sons Ltd',
    email: 'ap@oak.test',
    metadata: { customer_id: reference },
  })
})

test('50 identical forms at once are one payment, one checkout, and all lead there', async () => {
  const buyer = await createBuyer([7_000n])
  const cart = await cartOf(buyer)
  const answers = await Promise.all(Array.from({ length: 50 }, () => pay(world, buyer, cart)))
  expect(new Set(answers.map((each) => (each.ok ? each.checkoutUrl : each.refusal.code))).size).toBe(1)
  expect(answers.every((each) => each.ok && each.checkoutUrl !== null)).toBe(true)
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(1)
  expect(await checkoutsOf(world, cart.paymentId)).toBe(1)
  expect(await db.audit.count({ where: { subjectId: cart.paymentId } })).toBe(1)
})

test('50 different intents for the same invoices are one payment and 49 refusals that name it', async () => {
  const buyer = await createBuyer([9_000n, 1_000n])
  const carts = await Promise.all(Array.from({ length: 50 }, () => cartOf(buyer)))
  const answers = await Promise.all(carts.map((cart) => pay(world, buyer, cart)))
  const winner = answers.find((each) => each.ok)
  const refusals = answers.filter((each) => !each.ok).map((each) => each.refusal)
  expect(refusals).toHaveLength(49)
  for (const refusal of refusals)
    expect(refusal).toMatchObject({ code: 'AMOUNT_HELD', paymentId: winner?.ok && winner.paymentId })
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

test('the same form with other amounts is refused and names the payment it made; nothing changes', async () => {
  const buyer = await createBuyer([4_000n])
  const cart = await cartOf(buyer, [1_000n])
  await pay(world, buyer, cart)
  const changed = await pay(world, buyer, { ...(await cartOf(buyer, [2_000n])), paymentId: cart.paymentId })
  expect(changed).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_SUBMITTED_DIFFERENTLY', paymentId: cart.paymentId },
  })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 4_000n, held: 1_000n })
})

test('a form’s id that belongs to another customer tells nothing about it', async () => {
  const [ours, theirs] = [await createBuyer([4_000n]), await createBuyer([4_000n])]
  const cart = await cartOf(theirs)
  await pay(world, theirs, cart)
  expect(await pay(world, ours, { ...(await cartOf(ours)), paymentId: cart.paymentId })).toEqual({
    ok: false,
    refusal: { code: 'PAYMENT_NOT_FOUND' },
  })
})

test('another customer’s invoice in the cart is answered like one that does not exist', async () => {
  const [ours, theirs] = [await createBuyer([4_000n]), await createBuyer([4_000n])]
  const [foreign, made] = [
    await cartOf(theirs),
    {
      ...(await cartOf(theirs)),
      items: [{ invoiceId: newId<'inv'>(), amount: money(1n, parseCurrency('USD')) }],
    },
  ]
  expect(await pay(world, ours, foreign)).toMatchObject({ ok: false, refusal: { code: 'INVOICE_NOT_FOUND' } })
  expect(await pay(world, ours, made)).toMatchObject({ ok: false, refusal: { code: 'INVOICE_NOT_FOUND' } })
  expect(await openAndHeld(theirs.invoiceIds[0] ?? '')).toEqual({ open: 4_000n, held: 0n })
})

test('more than is open, and another currency, are refused before anything is held', async () => {
  const buyer = await createBuyer([4_000n])
  expect(await pay(world, buyer, await cartOf(buyer, [4_001n]))).toMatchObject({
    ok: false,
    refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE', payableMinor: '4000', openMinor: '4000' },
  })
  const inEuro = { ...(await cartOf(buyer)), currency: parseCurrency('EUR') }
  expect(await pay(world, buyer, inEuro)).toMatchObject({ ok: false, refusal: { code: 'CURRENCY_MIXED' } })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 4_000n, held: 0n })
})

test('a processor that cannot be reached refuses clearly and keeps nothing', async () => {
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    path: '/v1/customers',
    count: 20,
  })
  const buyer = await createBuyer([4_000n])
  expect(await pay(world, buyer, await cartOf(buyer))).toMatchObject({
    ok: false,
    refusal: { code: 'PROVIDER_UNAVAILABLE' },
  })
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
})

test('a checkout that the processor refuses ends the payment, frees its money and keeps the reason', async () => {
  const buyer = await createBuyer([20n])
  const cart = await cartOf(buyer)
  expect(await pay(world, buyer, cart)).toMatchObject({ ok: true, checkoutUrl: null })
  expect(await paymentRow(cart.paymentId)).toMatchObject({ state: 'failed', failureCode: 'amount_too_small' })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 20n, held: 0n })
})

test('the checkout’s life is counted on the processor’s clock', async () => {
  await world.sandbox.control('POST', 'clock/advance', { seconds: 9 * 86_400 })
  const buyer = await createBuyer([4_000n])
  const { checkoutId } = await openCheckout(world, buyer)
  const session = await world.sandbox.stripe.checkout.sessions.retrieve(checkoutId)
  expect(session.expires_at - session.created).toBeGreaterThanOrEqual(35 * 60 - 5)
  expect(session.expires_at - session.created).toBeLessThanOrEqual(35 * 60)
})

/** A buyer's cart over one invoice in another currency. */
async function cartIn(currency: string, minor: bigint) {
  const buyer = await createBuyer([])
  const invoiceId = asId<'inv'>(await issueInvoice(buyer.customerId, minor, { currency }))
  const code = parseCurrency(currency)
  const items = [{ invoiceId, amount: money(minor, code) }]
  return { buyer, invoiceId, cart: { paymentId: newId<'pay'>(), currency: code, items } }
}

test('a currency that the processor writes with other decimals is asked for and booked at its own amount', async () => {
  const { buyer, invoiceId, cart } = await cartIn('ISK', 5_301n)
  const { paymentId, checkoutId } = await openCheckout(world, buyer, cart)
  await enterCard(world, checkoutId)
  await deliverWebhooks(world)
  expect((await chargesOf(world, paymentId))[0]?.amount).toBe(530_100)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', receivedMinor: 5_301n })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 0n, held: 0n })
  // The fee comes a little later: 154.03 krónur, of which the books take whole ones.
  await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
  await deliverWebhooks(world)
  const fee = { journal: { recordId: paymentId, kind: 'provider.fee' }, accountCode: 5000 }
  expect(await db.posting.findMany({ where: fee, select: { amountMinor: true, currency: true } })).toEqual([
    { amountMinor: 154n, currency: 'ISK' },
  ])
  expect(await db.exceptionCase.count({ where: { subjectId: paymentId } })).toBe(0)
})

test('an amount or a currency that the processor cannot take exactly is refused with what to do, and nothing is held', async () => {
  const uneven = await cartIn('KWD', 5_124n)
  const refused = await pay(world, uneven.buyer, uneven.cart)
  if (refused.ok) throw new Error('it was taken')
  expect(refused.refusal).toEqual({ code: 'CARD_NOT_OFFERED', invoiceId: uneven.invoiceId, stepMinor: '10' })
  expect(problemOf(refused.refusal, 'en-US', 'KWD').sentence).toMatch(
    /in steps of KWD\s0\.010: change the amount/,
  )
  expect((await openAndHeld(uneven.invoiceId)).held).toBe(0n)
  const strange = await cartIn('IQD', 5_000n)
  expect(await pay(world, strange.buyer, strange.cart)).toEqual({
    ok: false,
    refusal: { code: 'CARD_NOT_OFFERED' },
  })
  expect((await openAndHeld(strange.invoiceId)).held).toBe(0n)
})
