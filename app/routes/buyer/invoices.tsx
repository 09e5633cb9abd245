import type { ReactNode } from 'react'
import { decodeId } from '#app/books/ids.ts'
import { InvoiceList } from '#app/components/invoices/invoice-list.tsx'
import { invoiceListView } from '#app/components/invoices/invoice-list-view.ts'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { listInvoicesById } from '#app/invoices/invoices-by-id.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/invoices.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Invoices' }]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const address = new URL(request.url).searchParams
  if (!address.get('sort')) address.set('sort', 'due-asc')
  const { filter, paging, problems } = parseInvoiceFilter(address, { defaultStatus: 'open' })
  const ticked = address.getAll('pick').flatMap((text) => decodeId('inv', text) ?? [])
  const scope = { customerId: customer.id }
  const [page, picked] = await Promise.all([
    listInvoices(scope, filter, paging, reading),
    listInvoicesById(scope, ticked.slice(0, MOST_TICKS), reading),
  ])
  return invoiceListView({
    base: `/c/${params.customerId}`,
    params: address,
    page,
    problems,
    picked: picked.filter((row) => row.payable.minor !== '0'),
    canPay: customer.rights.includes('pay'),
  })
}

/** More ticks than one payment takes need not be carried along. */
const MOST_TICKS = 100

export default function Invoices({ loaderData }: Route.ComponentProps): ReactNode {
  return (
    <>
      <PageHeader title="Invoices" />
      <InvoiceList {...loaderData} />
    </>
  )
}
