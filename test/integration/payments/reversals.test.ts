import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDisclosure } from '#app/ledger/disclosure.ts'
import { embeddedFiles } from '#app/ledger/pdf-attachment.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { verifyDisclosure } from '#app/ledger/verify-disclosure.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { issueReceipt } from '#app/payments/receipts/issue-receipt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  type CardWorld,
  chargesOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'

let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

async function paid(amounts: readonly bigint[], input: object = {}) {
  const buyer = await createBuyer(amounts)
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId, input)
  await deliverWebhooks(world)
  const [charge] = await chargesOf(world, paymentId)
  if (!charge) throw new Error('nothing was charged')
  return { buyer, paymentId, chargeId: charge.id }
}

test('a refund made at the processor opens the invoice again by that amount, once', async () => {
  const { buyer, paymentId, chargeId } = await paid([3_000n])
  await world.sandbox.stripe.refunds.create({ charge: chargeId, amount: 1_000 })
  await deliverWebhooks(world)
  await syncPayment(world.processor, paymentId, 'sweep')
  expect(await paymentRow(paymentId)).toMatchObject({
    state: 'settled',
    receivedMinor: 3_000n,
    reversedMinor: 1_000n,
  })
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(1_000n)
  await world.sandbox.stripe.refunds.create({ charge: chargeId })
  await deliverWebhooks(world)
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(3_000n)
  expect(
    (await findReceipt(paymentId, buyer.customerId))?.reversals.map((each) => each.amount.minor),
  ).toEqual([1_000n, 2_000n])
})

test('a refund made there that fails after it was booked is the customer’s payment again, and is for a person', async () => {
  const { buyer, paymentId, chargeId } = await paid([3_000n], { card: '4000000000005126' })
  const refund = await world.sandbox.stripe.refunds.create({ charge: chargeId })
  await syncPayment(world.processor, paymentId, 'sweep')
  expect((await paymentRow(paymentId)).reversedMinor).toBe(3_000n)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 14 * 86_400 })
  await deliverWebhooks(world)
  await syncPayment(world.processor, paymentId, 'sweep')
  expect((await paymentRow(paymentId)).reversedMinor).toBe(0n)
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(0n)
  expect(await db.exceptionCase.count({ where: { caseKey: `payment.reversal-undone:${refund.id}` } })).toBe(1)
})

test('what the processor keeps for a dispute is booked once, so that clearing says what it holds for us', async () => {
  const { paymentId } = await paid([3_000n])
  const { stripePaymentIntentId } = await paymentRow(paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute?reason=fraudulent`)
  await deliverWebhooks(world)
  await syncPayment(world.processor, paymentId, 'sweep')
  const { data } = await world.sandbox.stripe.disputes.list({ payment_intent: stripePaymentIntentId ?? '' })
  const kept = data.flatMap((each) => each.balance_transactions.map(({ fee }) => BigInt(fee)))
  expect(kept).toHaveLength(1)
  const fees = await db.posting.findMany({
    where: { accountCode: 5200, journal: { recordId: paymentId } },
    select: { amountMinor: true },
  })
  expect(fees).toEqual([{ amountMinor: kept[0] }])
  const clearing = await db.posting.aggregate({
    where: { accountCode: 1200, journal: { recordId: paymentId } },
    _sum: { amountMinor: true },
  })
  const [charge] = await chargesOf(world, paymentId)
  const held = (await world.processor.readCharge(charge?.id ?? ''))?.fee?.feeMinor ?? 0n
  expect(clearing._sum.amountMinor).toBe(-held - (kept[0] ?? 0n))
})

test('a receipt says what was booked, and its disclosure holds every entry about the payment', async () => {
  const { buyer, paymentId } = await paid([3_000n, 500n])
  const receipt = await findReceipt(paymentId, buyer.customerId)
  expect(receipt).toMatchObject({
    method: 'by Visa ending 4242',
    received: { minor: 3_500n },
    unapplied: { minor: 0n },
  })
  expect(receipt?.items.map((item) => [item.amount.minor, item.openAfter.minor]).toSorted()).toEqual(
    [
      [3_000n, 0n],
      [500n, 0n],
    ].toSorted(),
  )
  expect(await findReceipt(paymentId, (await createBuyer([])).customerId)).toBeNull()

  const bytes = await receiptDisclosure(paymentId)
  const parsed = parseDisclosure(bytes ?? new Uint8Array())
  if (!parsed.ok) throw new Error(parsed.refusal.sentence)
  expect(parsed.disclosure.subjects.map((each) => each.id).toSorted()).toEqual(buyer.invoiceIds.toSorted())
  const checked = await verifyDisclosure(parsed.disclosure, null)
  expect(checked.subjects.flatMap((each) => each.entries.map((entry) => entry.status))).toEqual([
    'consistent',
    'consistent',
  ])
})

test('the receipt’s PDF carries that disclosure, byte for byte, and is the same PDF each time', async () => {
  const { buyer, paymentId } = await paid([3_000n])
  const [first, second] = [
    await issueReceipt(paymentId, buyer.customerId),
    await issueReceipt(paymentId, null),
  ]
  expect(first?.document.sha256).toBe(second?.document.sha256)
  const files = await embeddedFiles(first?.document.bytes ?? new Uint8Array())
  expect(files.map((file) => Buffer.from(file).toString())).toEqual([
    Buffer.from((await receiptDisclosure(paymentId)) ?? []).toString(),
  ])
})

test('a payment that is not settled has no receipt', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId } = await openCheckout(world, buyer)
  expect(await issueReceipt(paymentId, buyer.customerId)).toBeNull()
  expect(await receiptDisclosure(paymentId)).toBeNull()
})
