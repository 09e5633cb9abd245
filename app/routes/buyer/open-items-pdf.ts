import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { badRequest, pdfResponse, tryAgainSoon } from '#app/platform/file-response.server.ts'
import { issueOpenItemPdf } from '#app/statements/issue-statement-pdf.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import type { Route } from './+types/open-items-pdf.ts'

/** The open items at the end of a day as a paper; the same address gives the same bytes until the account changes. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now, today } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const { asOf, problems } = parseAsOf(address, today)
  const choice = parsePaperChoice(address, now)
  const sentences = [...problems.map(({ message }) => message), ...choice.problems]
  if (sentences.length > 0) return badRequest(sentences)
  const issued = await issueOpenItemPdf({ ...choice, customerId: customer.id, asOf }, now)
  if ('refusal' in issued) return tryAgainSoon(issued.refusal.sentence)
  return pdfResponse(request, issued.fileName, issued.bytes)
}
