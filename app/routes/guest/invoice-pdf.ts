import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { issueInvoicePdf } from '#app/invoices/issue-invoice-pdf.server.ts'
import { requirePayLink } from '#app/parties/links/open-pay-link.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound } from '#app/parties/require.server.ts'
import { badRequest, pdfResponse, tryAgainSoon } from '#app/platform/file-response.server.ts'
import type { Route } from './+types/invoice-pdf.ts'
import { invoiceOfLink } from './guest-invoices.server.ts'

/** An invoice that the link is for, as a paper. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const link = await requirePayLink(params.token)
  const reading = await readingFor(request)
  const choice = parsePaperChoice(new URL(request.url).searchParams, reading.now)
  if (choice.problems.length > 0) return badRequest(choice.problems)
  const invoiceId = await invoiceOfLink(link, params.invoiceId, reading)
  const scope = { customerId: link.customerId }
  const issued =
    invoiceId && (await issueInvoicePdf(scope, invoiceId, { ...choice, version: undefined }, reading.now))
  if (!issued) throw notFound()
  if ('refusal' in issued) return tryAgainSoon(issued.refusal.sentence)
  return pdfResponse(request, issued.fileName, issued.bytes)
}
