import type { ReactNode } from 'react'
import type { InvoiceLineView } from '#app/invoices/invoice-detail.ts'
import { DataTable } from '#app/ui/data-table.tsx'

/** The lines of an invoice as its document shows them, with net, tax and total at the foot. */
export function InvoiceLines({
  currency,
  lines,
  totals,
  total,
}: {
  currency: string
  lines: readonly InvoiceLineView[]
  totals: readonly { key: string; name: string; amount: string }[]
  total: string
}): ReactNode {
  return (
    <DataTable
      caption={`Lines in ${currency}`}
      columns={[
        { key: 'what', label: 'Description' },
        { key: 'quantity', label: 'Quantity', amount: true },
        { key: 'price', label: 'Unit price', amount: true },
        { key: 'tax', label: 'Tax', amount: true },
        { key: 'net', label: `Net, ${currency}`, amount: true },
      ]}
      foot={
        <>
          {totals.map((line) => (
            <FootLine key={line.key} name={line.name} amount={line.amount} light />
          ))}
          <FootLine name={`Total, ${currency}`} amount={total} />
        </>
      }
    >
      {lines.map((line) => (
        <tr key={line.position}>
          <th scope="row" className="lead">
            {line.description}
          </th>
          <td data-label="Quantity" className="num">
            {line.quantity}
            {line.unit && ` ${line.unit}`}
          </td>
          <td data-label="Unit price" className="num">
            {line.unitPrice}
          </td>
          <td data-label="Tax" className="num">
            {line.taxRate}
          </td>
          <td data-label="Net" className="num">
            {line.net.text}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function FootLine({ name, amount, light }: { name: string; amount: string; light?: boolean }): ReactNode {
  return (
    <tr className={light ? 'foot-light' : undefined}>
      <th scope="row" colSpan={4} className="lead">
        {name}
      </th>
      <td data-label="Amount" className="num">
        {amount}
      </td>
    </tr>
  )
}
