/** Cheques, transfers and cash that staff record: what they post, once, and how they are taken back. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { recordManualPayment } from '#app/payments/cash/record-manual-payment.server.ts'
import { takeBackPayment } from '#app/payments/cash/take-back-payment.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  openAndHeld,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'
import { accountBalance, CLERK, cheque } from '#test/support/cash.ts'

let customerId: string

beforeAll(createSupplier)
beforeEach(async () => {
  customerId = await createCustomer()
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

test('a cheque posts to the bank, pays what its remittance says and leaves the rest as credit', async () => {
  const [first, second] = [await issueInvoice(customerId, 1_000n), await issueInvoice(customerId, 2_000n)]
  const payment = cheque(customerId, 2_600n, [
    [first, 1_000n],
    [second, 500n],
  ])
  expect(await recordManualPayment(payment, CLERK)).toMatchObject({ ok: true, created: true })
  expect(await openAndHeld(first)).toEqual({ open: 0n, held: 0n })
  expect(await openAndHeld(second)).toEqual({ open: 1_500n, held: 0n })
  expect(await accountBalance(customerId, 1000)).toBe(2_600n)
  expect(await accountBalance(customerId, 1200)).toBe(0n)
  expect(await accountBalance(customerId, 2200)).toBe(-1_100n)
  const stored = await db.payment.findUniqueOrThrow({
    where: { id: payment.paymentId },
    include: { manual: true, changes: true },
  })
  expect(stored).toMatchObject({
    channel: 'staff',
    method: 'cheque',
    createdBy: CLERK,
    unallocatedMinor: 1_100n,
    onAccountMinor: 1_100n,
    manual: { reference: '10045', bankLineId: null },
  })
  expect(stored.changes.map(({ to, cause }) => [to, cause])).toEqual([['settled', 'staff']])
})

test('the customer gets one receipt letter, and the receipt says how the money came', async () => {
  const invoice = await issueInvoice(customerId, 1_000n)
  const payment = cheque(customerId, 1_000n, [[invoice, 1_000n]], { method: 'cash' })
  await recordManualPayment(payment, CLERK)
  await recordManualPayment(payment, CLERK)
  const letters = await db.mailOutbox.findMany({
    where: { parameters: { path: ['paymentId'], equals: payment.paymentId } },
  })
  expect(letters.map(({ template, customerId: of }) => [template, of])).toEqual([['receipt', customerId]])
  expect(await findReceipt(payment.paymentId, null)).toMatchObject({
    method: 'in cash',
    items: [{ amount: { minor: 1_000n } }],
  })
})

test('twenty equal forms at once are one payment; the same form with another amount is refused', async () => {
  const payment = cheque(customerId, 700n)
  const answers = await Promise.all(Array.from({ length: 20 }, () => recordManualPayment(payment, CLERK)))
  expect(answers.every(({ ok }) => ok)).toBe(true)
  expect(answers.filter((each) => each.ok && each.created)).toHaveLength(1)
  expect(await db.payment.count({ where: { customerId } })).toBe(1)
  const other = await recordManualPayment({ ...payment, amount: { ...payment.amount, minor: 701n } }, CLERK)
  expect(other).toMatchObject({ ok: false, refusal: { code: 'PAYMENT_SUBMITTED_DIFFERENTLY' } })
})

test('a payment that pays more than it brings, ahead of its day, another customer or held money is refused and leaves nothing', async () => {
  const stranger = await createCustomer()
  const [own, foreign, held] = [
    await issueInvoice(customerId, 1_000n),
    await issueInvoice(stranger, 1_000n),
    await issueInvoice(customerId, 1_000n),
  ]
  await openPayment(customerId, [{ invoiceId: held, amountMinor: 400n }])
  const tomorrow = addDays(parseBusinessDate(new Date().toISOString().slice(0, 10)), 2)
  const cases = [
    [cheque(customerId, 500n, [[own, 501n]]), 'REMITTANCE_EXCEEDS_PAYMENT'],
    [cheque(customerId, 500n, [[own, 500n]], { settledOn: tomorrow }), 'PAYMENT_DAY_AHEAD'],
    [cheque(customerId, 500n, [[foreign, 500n]]), 'INVOICE_NOT_FOUND'],
    [cheque(customerId, 700n, [[held, 700n]]), 'AMOUNT_EXCEEDS_PAYABLE'],
    [cheque(customerId, 0n), 'AMOUNT_NOT_POSITIVE'],
    [cheque('018f0000-0000-7000-8000-000000000000', 5n), 'CUSTOMER_NOT_FOUND'],
  ] as const
  for (const [payment, code] of cases)
    expect(await recordManualPayment(payment, CLERK), code).toMatchObject({ ok: false, refusal: { code } })
  expect(await db.manualPayment.count({ where: { payment: { customerId } } })).toBe(0)
  expect(await accountBalance(customerId, 1000)).toBe(0n)
})

test('a bounced cheque is taken back once: its invoices are open again, its credit is gone, the bank is as before', async () => {
  const invoice = await issueInvoice(customerId, 1_000n)
  const payment = cheque(customerId, 1_300n, [[invoice, 1_000n]])
  await recordManualPayment(payment, CLERK)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => takeBackPayment(payment.paymentId, 'bounced', CLERK)),
  )
  expect(answers.filter((each) => each.ok && each.reversed)).toHaveLength(1)
  expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
  for (const account of [1000, 2200]) expect(await accountBalance(customerId, account)).toBe(0n)
  const reversals = await db.paymentReversal.findMany({
    where: { paymentId: payment.paymentId },
    include: { journal: true },
  })
  const settling = await db.journal.findUniqueOrThrow({
    where: { postingKey: `payment.settled:${payment.paymentId}` },
  })
  expect(reversals).toMatchObject([
    { kind: 'correction', amountMinor: 1_300n, reason: 'bounced', journal: { correctsId: settling.id } },
  ])
})

test('a payment of the card service is not taken back by hand', async () => {
  const invoice = await issueInvoice(customerId, 1_000n)
  const { paymentId } = await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 1_000n }])
  await settlePayment(paymentId, 1_000n)
  expect(await takeBackPayment(asId<'pay'>(paymentId), 'entered_twice', CLERK)).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_NOT_MANUAL' },
  })
})
