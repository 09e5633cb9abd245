import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { PART_FIELD } from '#app/payments/bank-statements/match-form.ts'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'

export type CustomerChoiceRow = { id: string; name: string; number: string; open: string; href: string }

/** Whose money it is: a search, and what it found. `kept` are parts of a movement that go along in the address. */
export function CustomerChoice({
  typed,
  rows,
  more,
  kept = [],
}: {
  typed: string
  rows: readonly CustomerChoiceRow[]
  more: boolean
  kept?: readonly string[]
}): ReactNode {
  return (
    <div className="stack">
      <search className="filter-block">
        <FilterForm className="filters">
          {kept.map((part) => (
            <input key={part} type="hidden" name={PART_FIELD} value={part} />
          ))}
          <TextInput
            wide
            type="search"
            label="Find the customer"
            name="q"
            id="q"
            defaultValue={typed}
            placeholder="Name, number or address for mail"
            maxLength={200}
          />
          <div className="filters__actions">
            <Button variant="secondary">Search</Button>
          </div>
        </FilterForm>
      </search>
      {rows.length === 0 ? (
        <EmptyState title="No customer fits this search" />
      ) : (
        <DataTable
          caption="Customers by name"
          rowsOpen
          columns={[
            { key: 'name', label: 'Customer' },
            { key: 'open', label: 'Open', amount: true },
          ]}
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row" className="lead">
                <span>
                  <Link className="row-link" to={row.href}>
                    {row.name}
                  </Link>
                  <span className="row-note">{row.number}</span>
                </span>
              </th>
              <td data-label="Open" className="num">
                {row.open}
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      {more && <p className="muted small">There are more. Type a part of the name to narrow the list.</p>}
    </div>
  )
}
