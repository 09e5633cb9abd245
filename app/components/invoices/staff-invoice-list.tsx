import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { InvoiceFilters } from './invoice-filters.tsx'
import { type InvoiceListView, ListPaging } from './invoice-list.tsx'
import { InvoiceTable } from './invoice-table.tsx'

/** The invoices of all customers, or of one, with the buyers' filters; nothing can be ticked here. */
export function StaffInvoiceList({
  view,
  customerId,
}: {
  view: InvoiceListView
  customerId: string | null
}): ReactNode {
  const { clearHref, filterErrors } = view
  const clear = clearHref && customerId ? `${clearHref}?customer=${customerId}` : clearHref
  return (
    <FilterForm className="invoice-list">
      <InvoiceFilters
        values={view.values}
        statuses={view.statuses}
        sorts={view.sorts}
        clearHref={clear}
        {...(filterErrors && { errors: filterErrors })}
      />
      {view.currency !== '' && <input type="hidden" name="currency" value={view.currency} />}
      {customerId && <input type="hidden" name="customer" value={customerId} />}
      <div className="row row--apart list-line">
        <span className="muted small" role="status">
          {view.summary}
        </span>
        <DownloadLink
          variant="quiet"
          href={customerId ? `${view.csvHref}&customer=${customerId}` : view.csvHref}
        >
          Download CSV
        </DownloadLink>
      </div>
      {view.rows.length > 0 ? (
        <InvoiceTable
          caption="Invoices"
          base="/staff"
          rows={view.rows}
          amountsIn={view.amountsIn}
          withCustomer={customerId === null}
        />
      ) : (
        <EmptyState title={clear === null ? 'Nothing is open' : 'No invoice fits these filters'}>
          <Link to={clear ?? '/staff/invoices?status=all'}>
            {clear === null ? 'Show all invoices' : 'Show all open invoices'}
          </Link>
        </EmptyState>
      )}
      <ListPaging previous={view.previous} next={view.next} />
    </FilterForm>
  )
}
