/** Disputes and small differences, as the posting functions book them. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  closeDispute,
  createCustomer,
  createSupplier,
  issueInvoice,
  openAndHeld,
  openDispute,
  openPayment,
  restorePayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

let customerId: string

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer()
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

describe('a dispute', () => {
  test('holds its amount, so that only the rest can be paid, and is opened once', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { disputeId } = await openDispute(customerId, invoice, 300n)
    expect(await openDispute(customerId, invoice, 300n, disputeId)).toMatchObject({ ok: true, opened: false })
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 300n })
    expect(await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 701n }])).toMatchObject({
      ok: false,
      refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE', payableMinor: '700' },
    })
    expect(await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 700n }])).toMatchObject({
      ok: true,
    })
    const events = await db.ledgerEvent.findMany({
      where: { subjectId: invoice },
      orderBy: { sequence: 'asc' },
    })
    expect(events.map((each) => [each.type, each.amountMinor, each.openAfterMinor])).toEqual([
      ['invoice.issued', 1_000n, 1_000n],
      ['dispute.opened', 300n, 1_000n],
    ])
  })

  test.each([
    ['more than is free', 701n, 'DISPUTE_EXCEEDS_OPEN'],
    ['nothing', 0n, 'AMOUNT_NOT_POSITIVE'],
  ])('over %s is refused', async (_what, amount, code) => {
    const invoice = await issueInvoice(customerId, 1_000n)
    await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 300n }])
    expect(await openDispute(customerId, invoice, amount)).toMatchObject({ ok: false, refusal: { code } })
  })

  test('cannot be raised on the invoice of another customer', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    expect(await openDispute(await createCustomer(), invoice, 1n)).toMatchObject({
      ok: false,
      refusal: { code: 'INVOICE_NOT_FOUND' },
    })
  })

  test.each(['rejected', 'withdrawn'] as const)(
    'that is %s frees what it held, and is closed once',
    async (outcome) => {
      const invoice = await issueInvoice(customerId, 1_000n)
      const { disputeId } = await openDispute(customerId, invoice, 300n)
      expect(await closeDispute(disputeId, outcome)).toMatchObject({ ok: true, closed: true })
      expect(await closeDispute(disputeId, outcome)).toMatchObject({ ok: true, closed: false })
      expect(await closeDispute(disputeId, 'accepted')).toMatchObject({
        ok: false,
        refusal: { code: 'DISPUTE_CLOSED' },
      })
      expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
    },
  )

  test('that is accepted credits the disputed amount with its share of the tax, and applies the credit', async () => {
    const invoice = await issueInvoice(customerId, 1_090n, {
      netMinor: '1000',
      taxMinor: '90',
      lines: [
        {
          position: 1,
          description: 'Oak boards',
          quantity: '1',
          unitPriceMinor: '1000',
          netMinor: '1000',
          taxRateBps: 900,
        },
      ],
      taxes: [{ taxRateBps: 900, netMinor: '1000', taxMinor: '90' }],
    })
    const { disputeId } = await openDispute(customerId, invoice, 109n)
    const { creditMemoId } = await closeDispute(disputeId, 'accepted')
    expect(await openAndHeld(invoice)).toEqual({ open: 981n, held: 0n })
    const memo = await db.creditMemo.findUniqueOrThrow({ where: { id: String(creditMemoId) } })
    expect(memo).toMatchObject({ netMinor: 100n, taxMinor: 9n, totalMinor: 109n, remainingMinor: 0n })
    const second = await openDispute(customerId, invoice, 1n)
    const next = await closeDispute(second.disputeId, 'accepted')
    const other = await db.creditMemo.findUniqueOrThrow({ where: { id: String(next.creditMemoId) } })
    expect([memo.number, other.number]).toEqual([`${invoice.slice(-8)}-C1`, `${invoice.slice(-8)}-C2`])
  })

  test('that nobody raised cannot be closed', async () => {
    expect(await closeDispute(newId(), 'rejected')).toMatchObject({
      ok: false,
      refusal: { code: 'DISPUTE_NOT_FOUND' },
    })
  })
})

describe('a small difference', () => {
  const short = (invoiceId: string) => ({
    invoiceId,
    amountMinor: 998n,
    discountMinor: 2n,
    shortReason: 'tolerance',
  })

  test('is held with the amount and given up when the payment settles, on whatever day', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await openPayment(customerId, [short(invoice)])
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 1_000n })
    await settlePayment(paymentId, 998n, '2026-03-01')
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
    const given = await db.adjustment.findFirstOrThrow({ where: { invoiceId: invoice } })
    expect(given).toMatchObject({ kind: 'tolerance', amountMinor: 2n, reason: 'tolerance', paymentId })
  })

  test('is owed again when the payment is taken back, and given up again when the payment is restored', async () => {
    const invoice = await issueInvoice(customerId, 1_000n)
    const { paymentId } = await openPayment(customerId, [short(invoice)])
    await settlePayment(paymentId, 998n)
    await reversePayment(paymentId, 998n, 'du_short')
    expect(await openAndHeld(invoice)).toEqual({ open: 1_000n, held: 0n })
    await restorePayment('du_short')
    expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
  })
})

test('what is held without a day is a small difference, nothing else', async () => {
  const invoice = await issueInvoice(customerId, 1_000n)
  await expect(
    openPayment(customerId, [{ invoiceId: invoice, amountMinor: 900n, discountMinor: 100n }]),
  ).rejects.toThrow('payment_item_discount')
})
