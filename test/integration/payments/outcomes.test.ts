import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { cancelPayment } from '#app/payments/cancel-payment.server.ts'
import {
  findPayment,
  findPaymentFile,
  listTroubledPayments,
} from '#app/payments/overview/payment-queries.server.ts'
import { ATTEMPT_TRANSITIONS, PAYMENT_TRANSITIONS } from '#app/payments/payment.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { businessDateIn, toDatabaseDate } from '#app/platform/time.ts'
import { correctInvoice, invoiceRow, openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type CardWorld,
  cartOf,
  chargesOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
  paymentRow,
} from '#test/support/card-world.ts'

const DECLINED = { card: '4000000000009995' }
const CHALLENGED = '4000000000003220'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

test('the database holds the same state tables as the rules', async () => {
  const moves = await db.$queryRaw<{ from: string; to: string }[]>`
    SELECT a::text AS "from", b::text AS "to" FROM unnest(enum_range(NULL::payment_state)) a, unnest(enum_range(NULL::payment_state)) b
     WHERE payment_may_move(a, b) AND a <> b`
  const pairs = (table: Readonly<Record<string, readonly string[]>>): string[] =>
    Object.entries(table)
      .flatMap(([from, all]) => all.map((to) => `${from} ${to}`))
      .toSorted()
  expect(moves.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(pairs(PAYMENT_TRANSITIONS))
  const attempts = await db.$queryRaw<{ from: string; to: string }[]>`
    SELECT a::text AS "from", b::text AS "to" FROM unnest(enum_range(NULL::attempt_state)) a, unnest(enum_range(NULL::attempt_state)) b
     WHERE attempt_may_move(a, b)`
  expect(attempts.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(pairs(ATTEMPT_TRANSITIONS))
})

test('a declined card keeps the payment open with its reason, and another card then pays it', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  expect((await enterCard(world, checkoutId, DECLINED)).outcome).toBe('declined')
  await deliverWebhooks(world)
  expect(await paymentRow(paymentId)).toMatchObject({
    state: 'awaiting_customer',
    failureCode: 'insufficient_funds',
  })
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).held).toBe(3_000n)

  await enterCard(world, checkoutId)
  await deliverWebhooks(world)
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', failureCode: null })
  expect(await chargesOf(world, paymentId)).toHaveLength(1)
})

test('the bank’s check is shown while it lasts; passed it pays, failed it does not', async () => {
  const buyer = await createBuyer([3_000n, 4_000n])
  const [good, bad] = [
    await openCheckout(world, buyer, await cartOf({ ...buyer, invoiceIds: buyer.invoiceIds.slice(0, 1) })),
    await openCheckout(world, buyer, await cartOf({ ...buyer, invoiceIds: buyer.invoiceIds.slice(1) })),
  ]
  expect((await enterCard(world, good.checkoutId, { card: CHALLENGED })).outcome).toBe('challenge')
  await deliverWebhooks(world)
  const waiting = await paymentRow(good.paymentId)
  expect(waiting.state).toBe('requires_action')

  await world.sandbox.control('POST', `payments/${waiting.stripePaymentIntentId}/succeed`)
  await enterCard(world, bad.checkoutId, { card: CHALLENGED, challenge: 'fail' })
  await deliverWebhooks(world)
  expect((await paymentRow(good.paymentId)).state).toBe('settled')
  expect((await paymentRow(bad.paymentId)).state).toBe('awaiting_customer')
  expect(await chargesOf(world, bad.paymentId)).toHaveLength(0)
})

test('an abandoned checkout holds its amounts until the processor closes it, and frees them then', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId } = await openCheckout(world, buyer)
  await syncPayment(world.processor, paymentId, 'sweep')
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).held).toBe(3_000n)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 36 * 60 })
  expect(await syncPayment(world.processor, paymentId, 'sweep')).toBe('expired')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 3_000n, held: 0n })
  expect((await pay(world, buyer, await cartOf(buyer))).ok).toBe(true)
})

test('any payer of the customer may cancel; the amounts are free when the processor has closed the page', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  const options = {
    processor: world.processor,
    customerId: buyer.customerId,
    paymentId,
    personId: newId<'per'>(),
  }
  expect(await cancelPayment(options)).toEqual({ ok: true, state: 'canceled' })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 3_000n, held: 0n })
  expect((await world.sandbox.stripe.checkout.sessions.retrieve(checkoutId)).status).toBe('expired')
  expect(await cancelPayment(options)).toEqual({ ok: true, state: 'canceled' })
  const stranger = { ...options, customerId: (await createBuyer([])).customerId }
  expect(await cancelPayment(stranger)).toMatchObject({ ok: false, refusal: { code: 'PAYMENT_NOT_FOUND' } })
})

test('cancelling what was paid a moment ago ends in the truth: settled, not cancelled', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const options = {
    processor: world.processor,
    customerId: buyer.customerId,
    paymentId,
    personId: buyer.personId,
  }
  expect(await cancelPayment(options)).toEqual({ ok: true, state: 'settled' })
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
  expect(await cancelPayment(options)).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_NOT_CANCELABLE' },
  })
})

test('a cancel whose answer is lost frees nothing until the processor’s word is read', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId } = await openCheckout(world, buyer)
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    path: '/v1/checkout/sessions',
    count: 20,
  })
  const options = {
    processor: world.processor,
    customerId: buyer.customerId,
    paymentId,
    personId: buyer.personId,
  }
  expect(await cancelPayment(options)).toMatchObject({ ok: false, refusal: { code: 'PAYMENT_UNDER_CHECK' } })
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).held).toBe(3_000n)
  await world.sandbox.control('DELETE', 'faults')
  expect(await cancelPayment(options)).toEqual({ ok: true, state: 'canceled' })
})

test('money beyond what is open becomes credit of the customer, never an error', async () => {
  const buyer = await createBuyer([10_000n])
  const invoiceId = buyer.invoiceIds[0] ?? ''
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 1 })
  // The hold ends in the books while the page at the processor is still open, and the invoice is corrected downwards.
  await db.$queryRaw`SELECT advance_payment(${paymentId}::uuid, 'canceled', 'staff', '{}', ${new Date()}) AS answer`
  const [invoice] = [await db.invoice.findUniqueOrThrow({ where: { id: invoiceId } })]
  await correctInvoice(
    invoiceRow(buyer.customerId, 6_000n, {
      id: invoiceId,
      number: invoice.number,
      externalNumber: invoice.externalNumber,
    }),
  )
  await enterCard(world, checkoutId)
  expect(await syncPayment(world.processor, paymentId, 'sweep')).toBe('settled')
  expect(await paymentRow(paymentId)).toMatchObject({ receivedMinor: 10_000n, unallocatedMinor: 4_000n })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 0n, held: 0n })
  expect(await db.exceptionCase.count({ where: { caseKey: `payment.settled-after-end:${paymentId}` } })).toBe(
    1,
  )
})

test('a bank debit pays on the day it settles, so a discount by that day is not earned by having begun it', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId, { bank_account: '000123456789' })
  await deliverWebhooks(world)
  await advanceProcessor(world, { businessDays: 5 })
  const readCheckout = async (id: string) => {
    const checkout = await world.processor.readCheckout(id)
    if (!checkout?.intent?.charge) throw new Error('nothing was charged')
    const begun = { createdAt: new Date(Date.now() - 5 * 86_400_000) }
    return { ...checkout, intent: { ...checkout.intent, charge: { ...checkout.intent.charge, ...begun } } }
  }
  await syncPayment({ ...world.processor, readCheckout }, paymentId, 'sweep')
  const today = businessDateIn('America/New_York', new Date())
  expect(await paymentRow(paymentId)).toMatchObject({ state: 'settled', settledOn: toDatabaseDate(today) })
})

test('a checkout that is not the payment’s own is never booked; a person is told', async () => {
  const [ours, theirs] = [await createBuyer([3_000n]), await createBuyer([3_000n])]
  const [mine, other] = [await openCheckout(world, ours), await openCheckout(world, theirs)]
  await enterCard(world, other.checkoutId)
  const liar = { ...world.processor, readCheckout: () => world.processor.readCheckout(other.checkoutId) }
  expect(await syncPayment(liar, mine.paymentId, 'sweep')).toBe('awaiting_customer')
  expect((await paymentRow(mine.paymentId)).receivedMinor).toBe(0n)
  expect(
    await db.exceptionCase.count({ where: { caseKey: `payment.checkout-strange:${mine.paymentId}` } }),
  ).toBe(1)
})

test('an old reading that arrives after a newer one changes nothing', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  const held: { go?: () => void } = {}
  const slow = {
    ...world.processor,
    readCheckout: async (id: string) => {
      const reading = await world.processor.readCheckout(id)
      await new Promise<void>((resolve) => {
        held.go = resolve
      })
      return reading
    },
  }
  const late = syncPayment(slow, paymentId, 'sweep')
  while (held.go === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
  await enterCard(world, checkoutId, { card: CHALLENGED })
  await syncPayment(world.processor, paymentId, 'sweep')
  held.go()
  expect(await late).toBe('requires_action')
  expect((await paymentRow(paymentId)).state).toBe('requires_action')
})

test('what pages read: a buyer’s own payment with its story, staff its whole file, nobody another customer’s', async () => {
  const [buyer, stranger] = [await createBuyer([3_000n]), await createBuyer([])]
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
  await deliverWebhooks(world)
  const detail = await findPayment(paymentId, buyer.customerId)
  expect(detail).toMatchObject({
    standing: 'settled',
    method: 'by Visa ending 4242',
    checkoutUrl: null,
    isCancelable: false,
  })
  expect(detail?.changes.map((each) => each.to)).toEqual(['created', 'awaiting_customer', 'settled'])
  expect(detail?.ledger.map((each) => [each.type, each.state])).toEqual([['payment.applied', 'queued']])
  expect(await findPayment(paymentId, stranger.customerId)).toBeNull()
  const file = await findPaymentFile(paymentId)
  expect(file?.attempts.map((each) => [each.operation, each.state])).toEqual([
    ['checkout.sessions.create', 'answered'],
  ])
  expect(file?.webhooks.map((each) => each.type)).toContain('checkout.session.completed')
  expect(file?.journals.map((each) => each.kind).toSorted()).toEqual(['payment.settled', 'provider.fee'])
  expect((await listTroubledPayments()).map((each) => each.id)).not.toContain(paymentId)
})
