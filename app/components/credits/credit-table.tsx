import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { CreditRow } from '#app/invoices/credit-view.ts'
import { DataTable } from '#app/ui/data-table.tsx'

/** Unused credit with what remains of it; `base` is the area in which payments open. */
export function CreditTable({ credits, base }: { credits: readonly CreditRow[]; base: string }): ReactNode {
  return (
    <DataTable
      caption="Credit not used"
      columns={[
        { key: 'number', label: 'Credit' },
        { key: 'on', label: 'Date' },
        { key: 'why', label: 'Why' },
        { key: 'total', label: 'In all', amount: true },
        { key: 'rest', label: 'Not used', amount: true },
      ]}
    >
      {credits.map((credit) => (
        <tr key={credit.id}>
          <th scope="row" className="lead">
            {credit.kind === 'payment' ? (
              <Link to={`${base}/payments/${credit.id}`}>Payment {credit.number}</Link>
            ) : (
              `Credit ${credit.number}`
            )}
          </th>
          <td data-label="Date" className="nowrap">
            {credit.on.text}
          </td>
          <td data-label="Why">{credit.reason ?? 'Paid more than was open'}</td>
          <td data-label="In all" className="num">
            {credit.total.spoken}
          </td>
          <td data-label="Not used" className="num">
            {credit.remaining.spoken}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
