import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { decodeId, encodeId } from '#app/books/ids.ts'
import { PaymentListTable } from '#app/components/payments/payment-list-table.tsx'
import { METHOD_CHOICES, paymentListRow, SHOW_CHOICES } from '#app/components/payments/payment-list-view.ts'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { parsePaymentFilter } from '#app/payments/overview/payment-filter.ts'
import { searchPayments } from '#app/payments/overview/search-payments.server.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/payments.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Payments' }]

const FIELDS = ['q', 'show', 'method', 'from', 'to'] as const

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const { locale, timeZone } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const { filter, problems } = parsePaymentFilter(address)
  const customerText = address.get('customer')
  const customerId = customerText === null ? null : readCustomerId(customerText)
  const customer = customerId && (await findCustomerFile(customerId))
  if (customerText !== null && !customer) throw notFound()
  const after = decodeId('pay', address.get('after') ?? '')
  const { payments, next } = await searchPayments(filter, { customerId, after, timeZone })
  const kept = new URLSearchParams([...address].filter(([name, value]) => name !== 'after' && value !== ''))
  const older = new URLSearchParams(kept)
  if (next !== null) older.set('after', encodeId('pay', next))
  return {
    rows: payments.map((payment) => paymentListRow(payment, { locale, timeZone })),
    typed: Object.fromEntries(FIELDS.map((field) => [field, address.get(field) ?? ''])),
    errors: Object.fromEntries(problems.map(({ field, sentence }) => [field, sentence])),
    isFiltered: FIELDS.some((field) => (address.get(field) ?? '') !== ''),
    customer: customer && { id: encodeId('cst', customer.id), name: customer.name },
    newest: after === null ? null : `/staff/payments?${kept}`,
    older: next === null ? null : `/staff/payments?${older}`,
  }
}

export default function Payments({ loaderData }: Route.ComponentProps): ReactNode {
  const { rows, customer, isFiltered, newest, older } = loaderData
  return (
    <>
      <PageHeader
        title="Payments"
        lead={
          customer && (
            <>
              Only <Link to={`/staff/customers/${customer.id}`}>{customer.name}</Link>.{' '}
              <Link to="/staff/payments">All customers</Link>
            </>
          )
        }
      >
        <ButtonLink variant="secondary" to="/staff/refunds">
          Refunds
        </ButtonLink>
        <ButtonLink variant="secondary" to="/staff/chargebacks">
          Chargebacks
        </ButtonLink>
        <ButtonLink variant="secondary" to="/staff/credit-requests">
          Requests to use credit
        </ButtonLink>
        <ButtonLink variant="secondary" to="/staff/write-offs">
          Write-offs
        </ButtonLink>
        <ButtonLink to="/staff/payments/new">Record a payment</ButtonLink>
      </PageHeader>
      <PaymentFilters {...loaderData} />
      {rows.length > 0 ? (
        <PaymentListTable caption="Payments, newest first" rows={rows} withCustomer={!customer} />
      ) : (
        <EmptyState title={isFiltered ? 'No payment fits these filters' : 'There are no payments yet'}>
          {isFiltered && <Link to="/staff/payments">Show all payments</Link>}
        </EmptyState>
      )}
      <OlderLinks newest={newest} older={older} />
    </>
  )
}

function PaymentFilters({
  typed,
  errors,
  customer,
  isFiltered,
}: Route.ComponentProps['loaderData']): ReactNode {
  const field = (name: (typeof FIELDS)[number]) => ({
    name,
    id: name,
    defaultValue: typed[name] ?? '',
    error: errors[name],
  })
  return (
    <search className="filter-block">
      <FilterForm className="filters">
        {customer && <input type="hidden" name="customer" value={customer.id} />}
        <TextInput
          wide
          type="search"
          label="Search"
          placeholder="Number, customer, pi_…, cs_…"
          maxLength={200}
          {...field('q')}
        />
        <Select label="Show" options={SHOW_CHOICES} {...field('show')} />
        <Select label="How" options={METHOD_CHOICES} {...field('method')} />
        <TextInput type="date" label="Begun from" {...field('from')} />
        <TextInput type="date" label="Begun to" {...field('to')} />
        <div className="filters__actions">
          <Button variant="secondary">Apply</Button>
          {isFiltered && <a href={customer ? `?customer=${customer.id}` : '?'}>Clear</a>}
        </div>
      </FilterForm>
    </search>
  )
}
