import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { issueInvoicePdf } from '#app/invoices/issue-invoice-pdf.server.ts'
import { embeddedFiles } from '#app/ledger/pdf-attachment.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { findReceipt } from '#app/payments/get-receipt.server.ts'
import { issueReceiptPdf } from '#app/payments/issue-receipt-pdf.server.ts'
import { db } from '#app/platform/db.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'
import { issueActivityPdf, issueOpenItemPdf } from '#app/statements/issue-statement-pdf.server.ts'
import {
  createCustomer,
  createSupplier,
  invoiceRow,
  issueInvoices,
  NOW,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'
import { countElements, readPdf } from '#test/support/pdf-reader.ts'

const LATER = new Date(NOW.getTime() + 86_400_000)
const period = { from: parseBusinessDate('2026-01-01'), to: parseBusinessDate('2026-03-31') }
const asOf = parseBusinessDate('2026-03-31')
let customerId = ''
let invoiceId = ''

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer()
  const row = invoiceRow(customerId, 12_345n, { number: 'PAPER-1' })
  invoiceId = row.id
  await issueInvoices([row, invoiceRow(customerId, 500n)])
})

test('each paper has the same bytes until something happens, and is noted once with its hash', async () => {
  const makers = {
    invoice: (now: Date) => issueInvoicePdf({ customerId }, invoiceId, {}, now),
    'activity-statement': (now: Date) => issueActivityPdf({ customerId, ...period }, now),
    'open-item-statement': (now: Date) => issueOpenItemPdf({ customerId, asOf }, now),
  }
  for (const [kind, make] of Object.entries(makers)) {
    const first = await make(NOW)
    const second = await make(LATER)
    expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(true)
    const noted = await db.document.findMany({ where: { customerId, kind } })
    expect(noted.map((each) => each.sha256)).toEqual([
      createHash('sha256')
        .update(first?.bytes ?? '')
        .digest('hex'),
    ])
  }
})

test('a payment changes the papers, and the old ones can still be made as they were', async () => {
  const before = await issueActivityPdf({ customerId, ...period }, NOW)
  const open = await issueInvoicePdf({ customerId }, invoiceId, {}, NOW)
  const { paymentId } = await openPayment(customerId, [{ invoiceId, amountMinor: 12_345n }])
  const detail = JSON.stringify({ receivedMinor: '12345', settledOn: '2026-03-02', cause: 'test' })
  await db.$queryRaw`SELECT settle_payment(${paymentId}::uuid, ${detail}::jsonb, ${LATER})`
  const after = await issueActivityPdf({ customerId, ...period }, LATER)
  expect(after.bytes.equals(before.bytes)).toBe(false)
  expect(
    (await issueActivityPdf({ customerId, ...period, knownAt: NOW }, LATER)).bytes.equals(before.bytes),
  ).toBe(true)
  const settled = await issueInvoicePdf({ customerId }, invoiceId, {}, LATER)
  const then = await issueInvoicePdf({ customerId }, invoiceId, { knownAt: NOW }, LATER)
  expect(then?.bytes.equals(open?.bytes ?? Buffer.alloc(0))).toBe(true)
  // The seal is the second figure, beside the QR code.
  expect(countElements(readPdf(settled?.bytes ?? Buffer.alloc(0)), 'Figure')).toBe(2)
  expect(countElements(readPdf(open?.bytes ?? Buffer.alloc(0)), 'Figure')).toBe(1)
})

test('a receipt carries the disclosure of its payment, byte for byte', async () => {
  const row = invoiceRow(customerId, 700n)
  await issueInvoices([row])
  const opened = await openPayment(customerId, [{ invoiceId: row.id, amountMinor: 700n }])
  await settlePayment(opened.paymentId, 700n)
  const paymentId = asId<'pay'>(opened.paymentId)
  const receipt = await findReceipt(paymentId, asId<'cst'>(customerId))
  const disclosure = await receiptDisclosure(paymentId)
  if (receipt === null || disclosure === null) throw new Error('the payment is not settled')
  const make = () => issueReceiptPdf(receipt, customerId, disclosure, NOW)
  const first = await make()
  expect((await make()).bytes.equals(first.bytes)).toBe(true)
  const files = await embeddedFiles(first.bytes)
  expect(files.map((file) => Buffer.from(file).toString())).toEqual([Buffer.from(disclosure).toString()])
})

test('nobody gets the paper of another customer, or of a version that never was', async () => {
  const stranger = await createCustomer()
  expect(await issueInvoicePdf({ customerId: stranger }, invoiceId, {}, NOW)).toBeNull()
  expect(await issueInvoicePdf({ customerId }, invoiceId, { version: 9 }, NOW)).toBeNull()
})
