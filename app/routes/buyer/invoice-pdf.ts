import { decodeId } from '#app/books/ids.ts'
import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { issueInvoicePdf } from '#app/invoices/issue-invoice-pdf.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { badRequest, pdfResponse, tryAgainSoon } from '#app/platform/file-response.server.ts'
import type { Route } from './+types/invoice-pdf.ts'

/** The invoice as a paper; `version` asks for an earlier one. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const choice = parsePaperChoice(address, now)
  if (choice.problems.length > 0) return badRequest(choice.problems)
  const invoiceId = decodeId('inv', params.invoiceId)
  const typedVersion = address.get('version')
  const version = typedVersion === null ? undefined : Number(typedVersion)
  const scope = { customerId: customer.id }
  const issued = invoiceId && (await issueInvoicePdf(scope, invoiceId, { ...choice, version }, now))
  if (!issued) throw notFound()
  if ('refusal' in issued) return tryAgainSoon(issued.refusal.sentence)
  return pdfResponse(request, issued.fileName, issued.bytes)
}
