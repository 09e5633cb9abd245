import type { ReactNode } from 'react'
import { type Column, DataTable } from '#app/ui/data-table.tsx'
import type { InvoiceListRow } from './invoice-list-row.ts'
import { moneyStateTag } from './money-state.tsx'

/**
 * Invoices in a table; `base` is the area in which they open. With `picked`, rows that can be paid carry a checkbox
 * named `pick`, and the table stands in a form. `amountsIn` is the one currency of all rows, named once in the head;
 * null when rows name their own. This is the most rendered table of all: its rows are plain elements.
 */
export function InvoiceTable({
  caption,
  base,
  rows,
  amountsIn,
  picked,
  withCustomer = false,
}: {
  caption: string
  base: string
  rows: readonly InvoiceListRow[]
  amountsIn: string | null
  picked?: ReadonlySet<string>
  withCustomer?: boolean
}): ReactNode {
  const inCurrency = amountsIn ? `, ${amountsIn}` : ''
  const totalLabel = `Total${inCurrency}`
  const openLabel = `Open${inCurrency}`
  const columns: Column[] = [
    ...(picked ? [{ key: 'pick', label: 'Choose', srOnly: true }] : []),
    { key: 'number', label: 'Invoice' },
    ...(withCustomer ? [{ key: 'customer', label: 'Customer' }] : []),
    { key: 'issued', label: 'Issued' },
    { key: 'due', label: 'Due' },
    { key: 'state', label: 'State' },
    { key: 'total', label: totalLabel, amount: true },
    { key: 'open', label: openLabel, amount: true },
  ]
  return (
    <DataTable caption={caption} columns={columns} rowsOpen>
      {rows.map((row) => (
        <tr key={row.id}>
          {picked && pickCell(row, picked.has(row.id))}
          <th scope="row" className="lead">
            <a className="row-link" href={`${base}/invoices/${row.id}`}>
              {row.number}
            </a>
            {row.po && <span className="row-note">{row.po}</span>}
          </th>
          {withCustomer && <td data-label="Customer">{row.customer}</td>}
          <td data-label="Issued" className="nowrap">
            {row.issuedOn}
          </td>
          <td data-label="Due" className="nowrap">
            {row.dueOn}
            {row.dueWords && (
              <span className={row.late ? 'row-note row-note--late' : 'row-note'}>{row.dueWords}</span>
            )}
          </td>
          <td data-label="State">{moneyStateTag(row.state)}</td>
          <td data-label={totalLabel} className="num">
            {row.total}
          </td>
          <td data-label={openLabel} className="num">
            {row.open}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function pickCell(row: InvoiceListRow, checked: boolean): ReactNode {
  if (row.payableMinor === '0') return <td className="pick" />
  return (
    <td className="pick">
      <label>
        <input
          type="checkbox"
          name="pick"
          value={row.id}
          defaultChecked={checked}
          data-minor={row.payableMinor}
          data-currency={row.currency}
          aria-label={`Choose invoice ${row.number}`}
        />
      </label>
    </td>
  )
}
