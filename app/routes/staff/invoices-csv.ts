import { invoicesCsv } from '#app/invoices/invoice-csv.server.ts'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { badRequest, csvResponse } from '#app/platform/file-response.server.ts'
import type { Route } from './+types/invoices-csv.ts'

/** The whole filtered list of the page beside it, as a file. */
export async function loader({ request }: Route.LoaderArgs): Promise<Response> {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  if (!address.get('sort')) address.set('sort', 'due-asc')
  const customerText = address.get('customer')
  const customerId = customerText === null ? null : readCustomerId(customerText)
  if (customerText !== null && customerId === null) throw notFound()
  const { filter, paging, problems } = parseInvoiceFilter(address, { defaultStatus: 'open' })
  if (problems.length > 0) return badRequest(problems.map(({ field, sentence }) => `${field}: ${sentence}`))
  return csvResponse(
    'invoices.csv',
    invoicesCsv(customerId === null ? { all: true } : { customerId }, filter, paging.sort, reading),
  )
}
