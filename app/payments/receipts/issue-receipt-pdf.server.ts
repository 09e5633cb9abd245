import { imprintOf } from '#app/documents/imprint.server.ts'
import { fileNamePart, type IssuedDocument, recordDocument } from '#app/documents/record-document.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { receiptPdf } from '#app/payments/receipts/receipt-pdf.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { SheetSize } from '#app/platform/pdf/paper.ts'

/** The PDF of a payment's receipt with its disclosure inside, noted as issued. */
export async function issueReceiptPdf(
  receipt: Receipt,
  customerId: string,
  disclosure: Uint8Array | null,
  now: Date,
  sheet?: SheetSize,
): Promise<IssuedDocument> {
  const [supplier, knownAt] = await Promise.all([getSupplier(), lastChangeOf(receipt)])
  const imprint = imprintOf(supplier, sheet)
  return recordDocument(
    {
      kind: 'receipt',
      customerId,
      parameters: { paymentId: receipt.paymentId, sheet: imprint.sheet, hasDisclosure: disclosure !== null },
      knownAt,
      bytes: await receiptPdf(receipt, disclosure, imprint, knownAt),
      fileName: `receipt-${fileNamePart(receipt.number)}.pdf`,
    },
    now,
  )
}

/** When the books of a payment last changed: its booking, or the last time that money was taken back. */
async function lastChangeOf(receipt: Receipt): Promise<Date> {
  const last = await db.paymentReversal.aggregate({
    where: { paymentId: receipt.paymentId },
    _max: { recordedAt: true },
  })
  const reversedAt = last._max.recordedAt
  return reversedAt !== null && reversedAt > receipt.settledAt ? reversedAt : receipt.settledAt
}
