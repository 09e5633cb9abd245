import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import type { Route } from './+types/statement-json.ts'

/** The activity statement for programs: amounts as minor units in strings. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now, today, locale } = await readingFor(request)
  const { from, to, problems } = parsePeriod(new URL(request.url).searchParams, today)
  if (problems.length > 0) return Response.json({ problems }, { status: 400 })
  return Response.json(await activityStatements({ customerId: customer.id, from, to, knownAt: now, locale }))
}
