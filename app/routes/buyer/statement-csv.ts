import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { badRequest, csvResponse } from '#app/platform/file-response.server.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import { activityCsv } from '#app/statements/statement-csv.server.ts'
import type { Route } from './+types/statement-csv.ts'

/** The activity statement as a file for a spreadsheet. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now, today, locale } = await readingFor(request)
  const { from, to, problems } = parsePeriod(new URL(request.url).searchParams, today)
  if (problems.length > 0) return badRequest(problems.map(({ message }) => message))
  const statements = await activityStatements({ customerId: customer.id, from, to, knownAt: now, locale })
  return csvResponse(`statement-${from}-${to}.csv`, activityCsv(statements))
}
