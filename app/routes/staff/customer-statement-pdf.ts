import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { badRequest, pdfResponse, tryAgainSoon } from '#app/platform/file-response.server.ts'
import { issueActivityPdf } from '#app/statements/issue-statement-pdf.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import type { Route } from './+types/customer-statement-pdf.ts'

/** The activity statement as a paper; the same address gives the same bytes until the account changes. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  await requireStaff(request, 'clerk')
  const id = readCustomerId(params.customerId)
  const customer = id && (await findCustomerFile(id))
  if (!customer) throw notFound()
  const { now, today } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const { from, to, problems } = parsePeriod(address, today)
  const choice = parsePaperChoice(address, now)
  const sentences = [...problems.map(({ message }) => message), ...choice.problems]
  if (sentences.length > 0) return badRequest(sentences)
  const issued = await issueActivityPdf({ ...choice, customerId: customer.id, from, to }, now)
  if ('refusal' in issued) return tryAgainSoon(issued.refusal.sentence)
  return pdfResponse(request, issued.fileName, issued.bytes)
}
