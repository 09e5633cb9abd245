import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { listCustomerBalances } from '#app/invoices/customer-balances.server.ts'
import { formatMoney } from '#app/money/format.ts'
import { isPositive, type Money } from '#app/money/money.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { formatBusinessDate, parseBusinessDate } from '#app/platform/time.ts'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import type { Route } from './+types/customers.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Customers' }]

const LONGEST_TEXT = 200

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const { locale, today } = await readingFor(request)
  const address = new URL(request.url).searchParams
  const typed = (address.get('q') ?? '').trim().replaceAll('\0', '').slice(0, LONGEST_TEXT)
  const after = readCustomerId(address.get('after') ?? '')
  const text = typed === '' ? null : typed
  const { customers, next } = await listCustomerBalances({ text, after, today })
  const query = typed === '' ? '' : `q=${encodeURIComponent(typed)}`
  const amounts = (list: readonly Money[]): string[] =>
    list.filter(isPositive).map((amount) => formatMoney(amount, locale))
  return {
    typed,
    first: after === null ? null : `/staff/customers?${query}`,
    next: next === null ? null : `/staff/customers?${query}&after=${encodeId('cst', next)}`,
    customers: customers.map(({ id, name, number, balances, lastPaidOn }) => ({
      id: encodeId('cst', id),
      name,
      number,
      open: amounts(balances.map((each) => each.open)),
      pastDue: amounts(balances.map((each) => each.pastDue)),
      unapplied: amounts(balances.map((each) => each.unapplied)),
      lastPaidOn: lastPaidOn === null ? '' : formatBusinessDate(parseBusinessDate(lastPaidOn), locale),
    })),
  }
}

const COLUMNS = [
  { key: 'name', label: 'Customer' },
  { key: 'last', label: 'Last payment' },
  { key: 'unapplied', label: 'Credit not used', amount: true },
  { key: 'late', label: 'Past due', amount: true },
  { key: 'open', label: 'Open', amount: true },
]

export default function Customers({ loaderData }: Route.ComponentProps): ReactNode {
  const { customers, typed, first, next } = loaderData
  return (
    <>
      <PageHeader title="Customers" />
      <search className="filter-block">
        <FilterForm className="filters">
          <TextInput
            wide
            type="search"
            label="Search"
            name="q"
            id="q"
            defaultValue={typed}
            placeholder="Name, number or address for mail"
            maxLength={LONGEST_TEXT}
          />
          <div className="filters__actions">
            <Button variant="secondary">Apply</Button>
            {typed !== '' && <a href="/staff/customers">Clear</a>}
          </div>
        </FilterForm>
      </search>
      {customers.length === 0 ? (
        <EmptyState title={typed === '' ? 'There are no customers yet' : 'No customer fits this search'}>
          <Link to={typed === '' ? '/staff/imports' : '/staff/customers'}>
            {typed === '' ? 'Import invoices' : 'Show all customers'}
          </Link>
        </EmptyState>
      ) : (
        <DataTable caption="Customers by name" columns={COLUMNS} rowsOpen>
          {customers.map((customer) => (
            <tr key={customer.id}>
              <th scope="row" className="lead">
                <span>
                  <Link className="row-link" to={`/staff/customers/${customer.id}`}>
                    {customer.name}
                  </Link>
                  <span className="row-note">{customer.number}</span>
                </span>
              </th>
              <td data-label="Last payment" className="nowrap">
                {customer.lastPaidOn}
              </td>
              <AmountsCell label="Credit not used" amounts={customer.unapplied} />
              <AmountsCell label="Past due" amounts={customer.pastDue} />
              <AmountsCell label="Open" amounts={customer.open} />
            </tr>
          ))}
        </DataTable>
      )}
      {(first !== null || next !== null) && <CustomerPages first={first} next={next} />}
    </>
  )
}

/** One line per currency, since sums of different currencies mean nothing. */
function AmountsCell({ label, amounts }: { label: string; amounts: readonly string[] }): ReactNode {
  return (
    <td data-label={label} className="num">
      {amounts.length > 0 && (
        <span>
          {amounts.map((amount) => (
            <span key={amount} className="line">
              {amount}
            </span>
          ))}
        </span>
      )}
    </td>
  )
}

function CustomerPages({ first, next }: { first: string | null; next: string | null }): ReactNode {
  return (
    <>
      <Pagination summary="50 customers a page" previous={null} next={next} />
      {first !== null && (
        <p className="small">
          <Link to={first}>Back to the first page</Link>
        </p>
      )}
    </>
  )
}
