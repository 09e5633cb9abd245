import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  advancePayment,
  applyCredit,
  correctInvoice,
  createCustomer,
  createSupplier,
  invoiceRow,
  issueCredit,
  issueInvoice,
  openAndHeld,
  openPayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

beforeAll(createSupplier)

async function expectSoundBooks(): Promise<void> {
  expect((await checkSqlInvariants()).filter((result) => result.count > 0)).toEqual([])
}

test('a payment of two invoices holds their money, settles once and leaves what was not paid', async () => {
  const customer = await createCustomer()
  const first = await issueInvoice(customer, 10_000n)
  const second = await issueInvoice(customer, 5_000n)
  const opened = await openPayment(customer, [
    { invoiceId: first, amountMinor: 10_000n },
    { invoiceId: second, amountMinor: 2_000n },
  ])
  expect(opened).toMatchObject({
    ok: true,
    created: true,
    idempotencyKey: `checkout.sessions.create:${opened.paymentId}:1`,
  })
  expect(await openAndHeld(second)).toEqual({ open: 5_000n, held: 2_000n })

  expect(await settlePayment(opened.paymentId, 12_000n)).toMatchObject({
    ok: true,
    settled: true,
    unallocatedMinor: '0',
  })
  expect(await settlePayment(opened.paymentId, 12_000n)).toMatchObject({ ok: true, settled: false })
  expect(await openAndHeld(first)).toEqual({ open: 0n, held: 0n })
  expect(await openAndHeld(second)).toEqual({ open: 3_000n, held: 0n })
  expect(await db.mailOutbox.count({ where: { template: 'receipt', customerId: customer } })).toBe(1)
  await expectSoundBooks()
})

test('the same form again is the same payment; with another body it is refused', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const id = newId()
  const items = [{ invoiceId, amountMinor: 400n }]
  expect(await openPayment(customer, items, { id })).toMatchObject({ ok: true, created: true })
  expect(await openPayment(customer, items, { id })).toMatchObject({
    ok: true,
    created: false,
    paymentId: id,
  })
  expect(await openPayment(customer, items, { id, requestHash: 'another' })).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_SUBMITTED_DIFFERENTLY', paymentId: id },
  })
  expect(await openPayment(await createCustomer(), items, { id })).toMatchObject({
    ok: false,
    refusal: { code: 'PAYMENT_NOT_FOUND' },
  })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 400n })
})

test('money that is held is refused with the payment that holds it; more than is open is refused with what is payable', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 700n }])
  expect(await openPayment(customer, [{ invoiceId, amountMinor: 301n }])).toMatchObject({
    ok: false,
    refusal: { code: 'AMOUNT_HELD', paymentId, payableMinor: '300', openMinor: '1000' },
  })
  expect(await openPayment(customer, [{ invoiceId, amountMinor: 1_001n }])).toMatchObject({
    ok: false,
    refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE', payableMinor: '300' },
  })
  expect(await openPayment(customer, [{ invoiceId, amountMinor: 300n }])).toMatchObject({ ok: true })
})

test('a cart with a stranger’s invoice, another currency, no item or a negative amount writes nothing', async () => {
  const customer = await createCustomer()
  const own = await issueInvoice(customer, 1_000n)
  const foreign = await issueInvoice(await createCustomer(), 1_000n)
  const euro = await issueInvoice(customer, 1_000n, { currency: 'EUR' })
  const cases = [
    {
      items: [
        { invoiceId: own, amountMinor: 1n },
        { invoiceId: foreign, amountMinor: 1n },
      ],
      code: 'INVOICE_NOT_FOUND',
    },
    {
      items: [
        { invoiceId: own, amountMinor: 1n },
        { invoiceId: euro, amountMinor: 1n },
      ],
      code: 'CURRENCY_MIXED',
    },
    { items: [], code: 'CART_EMPTY' },
    { items: [{ invoiceId: own, amountMinor: -5n }], code: 'AMOUNT_NOT_POSITIVE' },
    { items: [{ invoiceId: own, amountMinor: 0n }], code: 'AMOUNT_NOT_POSITIVE' },
  ]
  for (const { items, code } of cases) {
    const { paymentId, ...answer } = await openPayment(customer, items)
    expect(answer).toMatchObject({ ok: false, refusal: { code } })
    expect(await db.payment.findUnique({ where: { id: paymentId } })).toBeNull()
  }
  expect(await openAndHeld(own)).toEqual({ open: 1_000n, held: 0n })
})

test.each(['failed', 'expired', 'canceled'])(
  'a payment that ends %s frees what it held and cannot move again',
  async (end) => {
    const customer = await createCustomer()
    const invoiceId = await issueInvoice(customer, 1_000n)
    const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
    expect(await advancePayment(paymentId, 'awaiting_customer')).toMatchObject({ changed: true })
    expect(await advancePayment(paymentId, end)).toMatchObject({ changed: true })
    expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 0n })
    expect(await advancePayment(paymentId, 'processing')).toMatchObject({ changed: false })
    await expectSoundBooks()
  },
)

test('money that arrives after a payment had ended is booked all the same, and a person is told', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const late = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
  await advancePayment(late.paymentId, 'expired')
  const second = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
  expect(await settlePayment(late.paymentId, 1_000n)).toMatchObject({
    settled: true,
    unallocatedMinor: '1000',
  })
  expect(await settlePayment(second.paymentId, 1_000n)).toMatchObject({
    settled: true,
    unallocatedMinor: '0',
  })
  expect(
    await db.exceptionCase.count({ where: { caseKey: `payment.settled-after-end:${late.paymentId}` } }),
  ).toBe(1)
  await expectSoundBooks()
})

test('money beyond what was asked for becomes unapplied credit with an event on the account', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 600n }])
  await settlePayment(paymentId, 950n)
  expect(await openAndHeld(invoiceId)).toEqual({ open: 400n, held: 0n })
  const events = await db.ledgerEvent.findMany({ where: { subjectId: customer } })
  expect(events).toMatchObject([
    { type: 'credit.issued', amountMinor: 350n, openAfterMinor: 350n, relatesTo: paymentId, sequence: 1 },
  ])
})

test('a reversal takes unapplied credit first, then what was applied last; once per provider id and never too much', async () => {
  const customer = await createCustomer()
  const early = await issueInvoice(customer, 1_000n, { dueOn: '2026-01-20' })
  const late = await issueInvoice(customer, 1_000n, { dueOn: '2026-02-20' })
  const { paymentId } = await openPayment(customer, [
    { invoiceId: early, amountMinor: 1_000n },
    { invoiceId: late, amountMinor: 1_000n },
  ])
  await settlePayment(paymentId, 2_100n)
  expect(await reversePayment(paymentId, 600n, 're_1')).toMatchObject({ ok: true, reversed: true })
  expect(await reversePayment(paymentId, 600n, 're_1')).toMatchObject({ ok: true, reversed: false })
  const standing = [await openAndHeld(early), await openAndHeld(late)].map((each) => each.open)
  expect(standing.toSorted()).toEqual([0n, 500n])
  expect(await reversePayment(paymentId, 1_501n)).toMatchObject({
    ok: false,
    refusal: { code: 'REVERSAL_EXCEEDS_PAYMENT', reversibleMinor: '1500' },
  })
  expect(await reversePayment(paymentId, 1_500n)).toMatchObject({ reversed: true })
  expect(await openAndHeld(early)).toEqual({ open: 1_000n, held: 0n })
  await expectSoundBooks()
})

test('after a reversal the invoice can be paid again', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  for (let round = 0; round < 3; round += 1) {
    const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
    await settlePayment(paymentId, 1_000n)
    await reversePayment(paymentId, 1_000n)
  }
  expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 0n })
  await expectSoundBooks()
})

test('a credit is applied up to what remains of it and what is payable', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const credit = await issueCredit(customer, 700n)
  const id = newId()
  expect(await applyCredit(credit, invoiceId, 500n, id)).toMatchObject({ ok: true, applied: true })
  expect(await applyCredit(credit, invoiceId, 500n, id)).toMatchObject({ ok: true, applied: false })
  expect(await applyCredit(credit, invoiceId, 201n)).toMatchObject({
    refusal: { code: 'CREDIT_EXCEEDS_REMAINING', remainingMinor: '200' },
  })
  await openPayment(customer, [{ invoiceId, amountMinor: 400n }])
  expect(await applyCredit(credit, invoiceId, 150n)).toMatchObject({
    refusal: { code: 'AMOUNT_EXCEEDS_PAYABLE', payableMinor: '100' },
  })
  expect(await applyCredit(credit, await issueInvoice(await createCustomer(), 50n), 50n)).toMatchObject({
    refusal: { code: 'INVOICE_NOT_FOUND' },
  })
  await expectSoundBooks()
})

test('a correction replaces the amounts by a linked reversal, and not below what is paid or held', async () => {
  const customer = await createCustomer()
  const row = invoiceRow(customer, 1_000n)
  const invoiceId = await issueInvoice(customer, 1_000n, row)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 600n }])
  await settlePayment(paymentId, 600n)
  expect(await correctInvoice(invoiceRow(customer, 599n, { id: invoiceId }))).toMatchObject({
    refusal: { code: 'CORRECTION_BELOW_PAID', usedMinor: '600' },
  })
  expect(await correctInvoice(invoiceRow(customer, 600n, { id: invoiceId }))).toMatchObject({
    ok: true,
    corrected: true,
  })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 0n, held: 0n })
  expect(await correctInvoice(invoiceRow(customer, 1_500n, { id: invoiceId }))).toMatchObject({
    corrected: true,
  })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 900n, held: 0n })
  const journals = await db.journal.findMany({ where: { recordId: invoiceId }, orderBy: { id: 'asc' } })
  expect(journals.map((journal) => journal.kind)).toEqual([
    'invoice.issued',
    'invoice.withdrawn',
    'invoice.corrected',
    'invoice.withdrawn',
    'invoice.corrected',
  ])
  await expectSoundBooks()
})

test('a payment that was seen processing can still expire and free what it held', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
  expect(await advancePayment(paymentId, 'processing')).toMatchObject({ changed: true })
  expect(await advancePayment(paymentId, 'expired')).toMatchObject({ changed: true })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 0n })
})

test('late money of one currency never pays an invoice that was corrected to another', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
  await advancePayment(paymentId, 'failed')
  expect(
    await correctInvoice(invoiceRow(customer, 1_000n, { id: invoiceId, currency: 'JPY' })),
  ).toMatchObject({ corrected: true })
  expect(await settlePayment(paymentId, 1_000n)).toMatchObject({ settled: true, unallocatedMinor: '1000' })
  expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 0n })
  await expectSoundBooks()
})
