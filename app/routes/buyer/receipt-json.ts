import { decodeId } from '#app/books/ids.ts'
import { receiptDisclosure } from '#app/ledger/receipt-disclosure.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { DISCLOSURE_FILE } from '#app/payments/receipts/receipt-pdf.server.ts'
import type { Route } from './+types/receipt-json.ts'

/** The disclosure file of a settled payment, the same bytes as inside its PDF: to be checked by anyone. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const paymentId = decodeId('pay', params.paymentId)
  const receipt = paymentId && (await findReceipt(paymentId, customer.id))
  const disclosure = receipt ? await receiptDisclosure(receipt.paymentId) : null
  if (disclosure === null) throw notFound()
  return new Response(new Uint8Array(disclosure), {
    headers: {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="${DISCLOSURE_FILE}"`,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
