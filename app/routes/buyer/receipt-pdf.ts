import { decodeId } from '#app/books/ids.ts'
import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { issueReceiptPdf } from '#app/payments/receipts/issue-receipt-pdf.server.ts'
import { badRequest, pdfResponse } from '#app/platform/file-response.server.ts'
import type { Route } from './+types/receipt-pdf.ts'

/** The receipt of a settled payment as a paper that carries its own disclosure file. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now } = await readingFor(request)
  const { sheet, problems } = parsePaperChoice(new URL(request.url).searchParams, now)
  if (problems.length > 0) return badRequest(problems)
  const paymentId = decodeId('pay', params.paymentId)
  const receipt = paymentId && (await findReceipt(paymentId, customer.id))
  if (!receipt) throw notFound()
  const disclosure = await receiptDisclosure(receipt.paymentId)
  const issued = await issueReceiptPdf(receipt, customer.id, disclosure, now, sheet)
  return pdfResponse(request, issued.fileName, issued.bytes)
}
