import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { DataTable } from '#app/ui/data-table.tsx'

/** One entry of an activity statement; amounts formatted, an empty string where the side does not apply. */
export type StatementRow = {
  key: string
  on: string
  what: string
  href: string | null
  note: string | null
  debit: string
  credit: string
  balance: string
}

/** Opening balance, every entry with its running balance, closing balance: opening + Σ entries = closing. */
export function StatementTable({
  currency,
  from,
  to,
  opening,
  closing,
  totalDebit,
  totalCredit,
  rows,
}: {
  currency: string
  from: string
  to: string
  opening: string
  closing: string
  totalDebit: string
  totalCredit: string
  rows: readonly StatementRow[]
}): ReactNode {
  return (
    <DataTable
      caption={`Activity in ${currency}, ${from} to ${to}`}
      columns={[
        { key: 'on', label: 'Date' },
        { key: 'what', label: 'Entry' },
        { key: 'debit', label: 'Charges', amount: true },
        { key: 'credit', label: 'Payments, credits', amount: true },
        { key: 'balance', label: `Balance, ${currency}`, amount: true },
      ]}
      foot={
        <tr>
          <td data-label="Date" className="nowrap">
            {to}
          </td>
          <th scope="row" className="lead">
            Closing balance
          </th>
          <td data-label="Charges" className="num">
            {totalDebit}
          </td>
          <td data-label="Payments, credits" className="num">
            {totalCredit}
          </td>
          <td data-label="Balance" className="num">
            {closing}
          </td>
        </tr>
      }
    >
      <tr>
        <td data-label="Date" className="nowrap">
          {from}
        </td>
        <th scope="row" className="lead">
          Opening balance
        </th>
        <td />
        <td />
        <td data-label="Balance" className="num">
          {opening}
        </td>
      </tr>
      {rows.map((row) => (
        <tr key={row.key}>
          <td data-label="Date" className="nowrap">
            {row.on}
          </td>
          <th scope="row" className="lead">
            <span>
              {row.href === null ? row.what : <Link to={row.href}>{row.what}</Link>}
              {row.note && <span className="row-note">{row.note}</span>}
            </span>
          </th>
          <td data-label="Charges" className="num">
            {row.debit}
          </td>
          <td data-label="Payments, credits" className="num">
            {row.credit}
          </td>
          <td data-label="Balance" className="num">
            {row.balance}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
