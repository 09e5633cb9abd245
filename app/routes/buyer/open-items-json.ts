import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import type { Route } from './+types/open-items-json.ts'

/** The open items at the end of a day for programs: amounts as minor units in strings. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { now, today, locale } = await readingFor(request)
  const { asOf, problems } = parseAsOf(new URL(request.url).searchParams, today)
  if (problems.length > 0) return Response.json({ problems }, { status: 400 })
  return Response.json(await openItemStatements(customer.id, { asOf, knownAt: now, locale }))
}
