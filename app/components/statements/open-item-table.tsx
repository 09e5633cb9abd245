import type { ReactNode } from 'react'
import { poWords } from '#app/components/invoices/invoice-list-row.ts'
import type { OpenItemStatement } from '#app/statements/statement-view.ts'
import { DataTable } from '#app/ui/data-table.tsx'

/** One open invoice on the day of the statement. */
export type OpenItemRow = {
  id: string
  number: string
  href: string
  note: string | null
  issuedOn: string
  dueOn: string
  daysLate: number
  disputed: string
  total: string
  open: string
}

/** The rows of an open-item statement; `base` is the area in which its invoices open. */
export function openItemRows(statement: OpenItemStatement, base: string): readonly OpenItemRow[] {
  return statement.items.map((item) => ({
    id: item.invoiceId,
    number: item.number,
    href: `${base}/invoices/${item.invoiceId}`,
    note: poWords(item.poNumber),
    issuedOn: item.issuedOn.text,
    dueOn: item.dueOn.text,
    daysLate: item.daysLate,
    disputed: item.disputed.minor === '0' ? '' : item.disputed.text,
    total: item.total.text,
    open: item.open.text,
  }))
}

/** What was open on one day, invoice by invoice; the sum less unused credit is the balance. */
export function OpenItemTable({
  currency,
  asOf,
  rows,
  open,
  credit,
  balance,
}: {
  currency: string
  asOf: string
  rows: readonly OpenItemRow[]
  open: string
  credit: string | null
  balance: string
}): ReactNode {
  return (
    <DataTable
      caption={`Open invoices in ${currency} on ${asOf}`}
      rowsOpen
      columns={[
        { key: 'number', label: 'Invoice' },
        { key: 'issued', label: 'Issued' },
        { key: 'due', label: 'Due' },
        { key: 'total', label: `Total, ${currency}`, amount: true },
        { key: 'disputed', label: 'Of it disputed', amount: true },
        { key: 'open', label: `Open, ${currency}`, amount: true },
      ]}
      foot={
        <>
          <FootRow name="Open in all" amount={open} />
          {credit !== null && <FootRow name="Less credit not used" amount={credit} />}
          {credit !== null && <FootRow name="Balance" amount={balance} />}
        </>
      }
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <span>
              <a className="row-link" href={row.href}>
                {row.number}
              </a>
              {row.note && <span className="row-note">{row.note}</span>}
            </span>
          </th>
          <td data-label="Issued" className="nowrap">
            {row.issuedOn}
          </td>
          <td data-label="Due" className="nowrap">
            <span>
              {row.dueOn}
              {row.daysLate > 0 && (
                <span className="row-note row-note--late">
                  {row.daysLate === 1 ? '1 day late' : `${row.daysLate} days late`}
                </span>
              )}
            </span>
          </td>
          <td data-label="Total" className="num">
            {row.total}
          </td>
          <td data-label="Of it disputed" className="num">
            {row.disputed}
          </td>
          <td data-label="Open" className="num">
            {row.open}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function FootRow({ name, amount }: { name: string; amount: string }): ReactNode {
  return (
    <tr>
      <th scope="row" colSpan={5} className="lead">
        {name}
      </th>
      <td data-label="Amount" className="num">
        {amount}
      </td>
    </tr>
  )
}
