import { decodeId } from '#app/books/ids.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import { issueReceipt } from '#app/payments/receipts/issue-receipt.server.ts'
import { pdfResponse } from '#app/platform/file-response.server.ts'
import type { Route } from './+types/receipt-pdf.ts'

/** The receipt of a settled payment of any customer, as its buyer has it. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  await requireStaff(request, 'clerk')
  const paymentId = decodeId('pay', params.paymentId)
  const issued = paymentId && (await issueReceipt(paymentId, null))
  if (!issued) throw notFound()
  return pdfResponse(request, issued.document.fileName, issued.document.bytes)
}
