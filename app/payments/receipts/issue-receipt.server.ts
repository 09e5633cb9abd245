import type { CustomerId, PaymentId } from '#app/books/ids.ts'
import type { IssuedDocument } from '#app/documents/record-document.server.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { issueReceiptPdf } from '#app/payments/receipts/issue-receipt-pdf.server.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'

/**
 * The receipt of a settled payment and its PDF with the disclosure inside; null when the payment is not settled, does not
 * exist or is another customer's (`customerId` null: staff, mail).
 */
export async function issueReceipt(
  paymentId: PaymentId,
  customerId: CustomerId | null,
): Promise<{ receipt: Receipt; customerId: string; document: IssuedDocument } | null> {
  const receipt = await findReceipt(paymentId, customerId)
  if (receipt === null) return null
  const [owner, disclosure, now] = await Promise.all([
    db.payment.findUniqueOrThrow({ where: { id: paymentId }, select: { customerId: true } }),
    receiptDisclosure(paymentId),
    readNow(),
  ])
  const document = await issueReceiptPdf(receipt, owner.customerId, disclosure, now)
  return { receipt, customerId: owner.customerId, document }
}
