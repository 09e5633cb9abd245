import type { ReactNode } from 'react'
import { Button, ButtonLink, DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { SelectionBar } from '#app/ui/selection-bar.tsx'
import { InvoiceFilters, type InvoiceFilterValues } from './invoice-filters.tsx'
import type { InvoiceListRow } from './invoice-list-row.ts'
import { InvoiceTable } from './invoice-table.tsx'
import { type PickedElsewhere, PickSum } from './pick-sum.tsx'

/** Everything that the buyer's invoice list shows. */
export type InvoiceListView = {
  /** Address of the area, `/c/cst_…` or `/staff`. */
  base: string
  rows: readonly InvoiceListRow[]
  amountsIn: string | null
  /** "51–100 of 2,466, $147,703.18 open" in words. */
  summary: string
  values: InvoiceFilterValues
  statuses: readonly (readonly [string, string])[]
  sorts: readonly (readonly [string, string])[]
  filterErrors?: Partial<Record<keyof InvoiceFilterValues, string>>
  clearHref: string | null
  /** Currency that the list is narrowed to; empty for all. */
  currency: string
  /** Cursors of the pages before and after; null where there is none. */
  previous: string | null
  next: string | null
  /** Ids ticked on any page, and the sum of those on other pages. */
  picked: readonly string[]
  pickedElsewhere: PickedElsewhere
  /** Where ticked invoices are paid; null when this person may not pay. */
  payHref: string | null
  /** The cart with every open, undisputed invoice; null when there is nothing to pay. */
  payAllHref: string | null
  csvHref: string
}

/**
 * Filters, rows, ticks and paging are one GET form: every button sends all of it, so ticks survive paging and
 * filtering without JavaScript, and the address can be shared.
 */
export function InvoiceList(view: InvoiceListView): ReactNode {
  const canPick = view.payHref !== null
  const onPage = new Set(view.rows.map((row) => row.id))
  const picked = new Set(view.picked)
  const pickedHere = view.rows.filter((row) => picked.has(row.id) && row.payableMinor !== '0')
  return (
    <FilterForm className="invoice-list">
      <InvoiceFilters
        values={view.values}
        statuses={view.statuses}
        sorts={view.sorts}
        clearHref={view.clearHref}
        {...(view.filterErrors && { errors: view.filterErrors })}
      />
      {view.currency !== '' && <input type="hidden" name="currency" value={view.currency} />}
      {view.picked
        .filter((id) => !onPage.has(id))
        .map((id) => (
          <input key={id} type="hidden" name="pick" value={id} />
        ))}
      <div className="row row--apart list-line">
        <span className="muted small" role="status">
          {view.summary}
        </span>
        <span className="row small">
          {view.payAllHref && (
            <ButtonLink variant="quiet" to={view.payAllHref}>
              Pay everything open
            </ButtonLink>
          )}
          <DownloadLink variant="quiet" href={view.csvHref}>
            Download CSV
          </DownloadLink>
        </span>
      </div>
      {view.rows.length === 0 ? (
        <NoInvoices clearHref={view.clearHref} />
      ) : (
        <InvoiceTable
          caption="Invoices"
          base={view.base}
          rows={view.rows}
          amountsIn={view.amountsIn}
          {...(canPick && { picked })}
        />
      )}
      <ListPaging previous={view.previous} next={view.next} />
      {view.payHref !== null && (view.rows.length > 0 || view.picked.length > 0) && (
        <SelectionBar
          summary={
            <PickSum
              initialCount={pickedHere.length}
              initialSums={pickedHere.map((row) => [row.currency, row.payableMinor] as const)}
              elsewhere={view.pickedElsewhere}
            />
          }
        >
          <Button type="submit" formAction={view.payHref}>
            Review and pay
          </Button>
        </SelectionBar>
      )}
    </FilterForm>
  )
}

function NoInvoices({ clearHref }: { clearHref: string | null }): ReactNode {
  if (clearHref === null) {
    return (
      <EmptyState title="No invoices yet">
        <p className="muted">When an invoice is issued to you, it appears here.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No invoice fits these filters">
      <p className="muted">
        <a href={clearHref}>Show all open invoices</a>
      </p>
    </EmptyState>
  )
}

/** Paging by buttons instead of links, so that what is ticked on this page goes along. */
export function ListPaging({ previous, next }: { previous: string | null; next: string | null }): ReactNode {
  if (previous === null && next === null) return null
  return (
    <nav className="pagination" aria-label="Pages">
      {previous !== null ? (
        <Button variant="quiet" type="submit" name="before" value={previous}>
          Previous page
        </Button>
      ) : (
        <span />
      )}
      {next !== null && (
        <Button variant="quiet" type="submit" name="after" value={next}>
          Next page
        </Button>
      )}
    </nav>
  )
}
