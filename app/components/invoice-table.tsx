import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { type Column, DataTable } from '#app/ui/data-table.tsx'
import type { InvoiceListRow } from './invoice-list-row.ts'
import { MoneyStateTag } from './money-state.tsx'

/**
 * Invoices in a table. With `picked`, rows that can be paid carry a checkbox named `pick`; the table then stands in
 * a form. `amountsIn` is the one currency of all rows, named once in the head; null when rows name their own.
 */
export function InvoiceTable({
  caption,
  rows,
  amountsIn,
  picked,
  withCustomer = false,
}: {
  caption: string
  rows: readonly InvoiceListRow[]
  amountsIn: string | null
  picked?: ReadonlySet<string>
  withCustomer?: boolean
}): ReactNode {
  const inCurrency = amountsIn ? `, ${amountsIn}` : ''
  const columns: Column[] = [
    ...(picked ? [{ key: 'pick', label: 'Choose', srOnly: true }] : []),
    { key: 'number', label: 'Invoice' },
    ...(withCustomer ? [{ key: 'customer', label: 'Customer' }] : []),
    { key: 'issued', label: 'Issued' },
    { key: 'due', label: 'Due' },
    { key: 'state', label: 'State' },
    { key: 'total', label: `Total${inCurrency}`, amount: true },
    { key: 'open', label: `Open${inCurrency}`, amount: true },
  ]
  return (
    <DataTable caption={caption} columns={columns} rowsOpen>
      {rows.map((row) => (
        <tr key={row.id}>
          {picked && <PickCell row={row} checked={picked.has(row.id)} />}
          <th scope="row" className="lead">
            <span>
              <Link className="row-link" to={row.href}>
                {row.number}
              </Link>
              {row.po && <span className="row-note">{row.po}</span>}
            </span>
          </th>
          {withCustomer && <td data-label="Customer">{row.customer}</td>}
          <td data-label="Issued" className="nowrap">
            {row.issuedOn}
          </td>
          <td data-label="Due" className="nowrap">
            <span>
              {row.dueOn}
              {row.dueWords && (
                <span className={row.late ? 'row-note row-note--late' : 'row-note'}>{row.dueWords}</span>
              )}
            </span>
          </td>
          <td data-label="State">
            <MoneyStateTag state={row.state} />
          </td>
          <td data-label={`Total${inCurrency}`} className="num">
            {row.total}
          </td>
          <td data-label={`Open${inCurrency}`} className="num">
            {row.open}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function PickCell({ row, checked }: { row: InvoiceListRow; checked: boolean }): ReactNode {
  if (row.payableMinor === '0') return <td className="pick" />
  return (
    <td className="pick">
      <label>
        <span className="sr-only">Choose invoice {row.number}</span>
        <input
          type="checkbox"
          name="pick"
          value={row.id}
          defaultChecked={checked}
          data-minor={row.payableMinor}
          data-currency={row.currency}
        />
      </label>
    </td>
  )
}
