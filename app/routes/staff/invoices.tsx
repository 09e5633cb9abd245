import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { invoiceListView } from '#app/components/invoices/invoice-list-view.ts'
import { StaffInvoiceList } from '#app/components/invoices/staff-invoice-list.tsx'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/invoices.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Invoices' }]

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const params = new URL(request.url).searchParams
  if (!params.get('sort')) params.set('sort', 'due-asc')
  const { filter, paging, problems } = parseInvoiceFilter(params, { defaultStatus: 'open' })
  const customerText = params.get('customer')
  const customerId = customerText === null ? null : readCustomerId(customerText)
  const customer = customerId && (await findCustomerFile(customerId))
  if (customerText !== null && !customer) throw notFound()
  const scope = customer ? { customerId: customer.id } : { all: true as const }
  const page = await listInvoices(scope, filter, paging, reading)
  const asks = { base: '/staff', params, page, problems, picked: [], canPay: false, withCustomer: !customer }
  return {
    view: invoiceListView(asks),
    customer: customer && { id: encodeId('cst', customer.id), name: customer.name },
  }
}

export default function Invoices({ loaderData }: Route.ComponentProps): ReactNode {
  const { view, customer } = loaderData
  return (
    <>
      <PageHeader
        title="Invoices"
        lead={
          customer && (
            <>
              Only <Link to={`/staff/customers/${customer.id}`}>{customer.name}</Link>.{' '}
              <Link to="/staff/invoices">All customers</Link>
            </>
          )
        }
      />
      <StaffInvoiceList view={view} customerId={customer ? customer.id : null} />
    </>
  )
}
