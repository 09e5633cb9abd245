import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import type { Route } from './+types/invoices-json.ts'

/** One page of the list for programs: amounts as minor units in strings, `before` and `after` as cursors. */
export async function loader({ request, params }: Route.LoaderArgs): Promise<Response> {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  if (!address.get('sort')) address.set('sort', 'due-asc')
  const { filter, paging, problems } = parseInvoiceFilter(address, { defaultStatus: 'open' })
  if (problems.length > 0) return Response.json({ problems }, { status: 400 })
  return Response.json(await listInvoices({ customerId: customer.id }, filter, paging, reading))
}
