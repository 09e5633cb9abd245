import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { asId } from '#app/books/ids.ts'
import { IMPORT_IS_BOOKING, type ImportIsBooking, lockForImport } from '#app/documents/import-lock.server.ts'
import type { IssuedDocument } from '#app/documents/record-document.server.ts'
import { issueInvoicePdf } from '#app/invoices/issue-invoice-pdf.server.ts'
import { embeddedFiles } from '#app/ledger/pdf-attachment.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { issueReceiptPdf } from '#app/payments/receipts/issue-receipt-pdf.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
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

/** A paper that must have been issued. */
async function issued(making: Promise<IssuedDocument | ImportIsBooking | null>): Promise<IssuedDocument> {
  const paper = await making
  if (paper === null || 'refusal' in paper) throw new Error('the paper was not issued')
  return paper
}

test('each paper has the same bytes until something happens, and is noted once with its hash', async () => {
  const makers = {
    invoice: (now: Date) => issued(issueInvoicePdf({ customerId }, invoiceId, {}, now)),
    'activity-statement': (now: Date) => issued(issueActivityPdf({ customerId, ...period }, now)),
    'open-item-statement': (now: Date) => issued(issueOpenItemPdf({ customerId, asOf }, now)),
  }
  for (const [kind, make] of Object.entries(makers)) {
    const first = await make(NOW)
    const second = await make(LATER)
    expect(first.bytes.equals(second.bytes)).toBe(true)
    const noted = await db.document.findMany({ where: { customerId, kind } })
    expect(noted.map((each) => each.sha256)).toEqual([createHash('sha256').update(first.bytes).digest('hex')])
  }
})

test('a payment changes the papers, and the old ones can still be made as they were', async () => {
  const before = await issued(issueActivityPdf({ customerId, ...period }, NOW))
  const open = await issued(issueInvoicePdf({ customerId }, invoiceId, {}, NOW))
  const { paymentId } = await openPayment(customerId, [{ invoiceId, amountMinor: 12_345n }])
  const detail = JSON.stringify({ receivedMinor: '12345', settledOn: '2026-03-02', cause: 'test' })
  await db.$queryRaw`SELECT settle_payment(${paymentId}::uuid, ${detail}::jsonb, ${LATER})`
  const after = await issued(issueActivityPdf({ customerId, ...period }, LATER))
  expect(after.bytes.equals(before.bytes)).toBe(false)
  const again = await issued(issueActivityPdf({ customerId, ...period, knownAt: NOW }, LATER))
  expect(again.bytes.equals(before.bytes)).toBe(true)
  const settled = await issued(issueInvoicePdf({ customerId }, invoiceId, {}, LATER))
  const then = await issued(issueInvoicePdf({ customerId }, invoiceId, { knownAt: NOW }, LATER))
  expect(then.bytes.equals(open.bytes)).toBe(true)
  // The seal is the second figure, beside the QR code.
  expect(countElements(readPdf(settled.bytes), 'Figure')).toBe(2)
  expect(countElements(readPdf(open.bytes), 'Figure')).toBe(1)
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

test('no paper is issued while an import books, and each one again once it has ended', async () => {
  const makers = [
    () => issueInvoicePdf({ customerId }, invoiceId, {}, LATER),
    () => issueActivityPdf({ customerId, ...period }, LATER),
    () => issueOpenItemPdf({ customerId, asOf }, LATER),
  ]
  const noted = await db.document.count()
  await withTransaction(async (tx) => {
    await lockForImport(tx)
    for (const make of makers) expect(await make()).toEqual(IMPORT_IS_BOOKING)
  })
  expect(await db.document.count()).toBe(noted)
  for (const make of makers) await issued(make())
})

test('nobody gets the paper of another customer, or of a version that never was', async () => {
  const stranger = await createCustomer()
  expect(await issueInvoicePdf({ customerId: stranger }, invoiceId, {}, NOW)).toBeNull()
  expect(await issueInvoicePdf({ customerId }, invoiceId, { version: 9 }, NOW)).toBeNull()
})
