import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { badRequest, csvResponse } from '#app/platform/file-response.server.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import { openItemCsv } from '#app/statements/statement-csv.server.ts'
import type { Route } from './+types/open-items-csv.ts'

/** The open items at the end of a day as a file for a spreadsheet. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now, today, locale } = await readingFor(request)
  const { asOf, problems } = parseAsOf(new URL(request.url).searchParams, today)
  if (problems.length > 0) return badRequest(problems.map(({ message }) => message))
  const statements = await openItemStatements(customer.id, { asOf, knownAt: now, locale })
  return csvResponse(`open-items-${asOf}.csv`, openItemCsv(statements))
}
