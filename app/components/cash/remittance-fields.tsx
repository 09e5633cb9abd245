import type { ReactNode } from 'react'
import { MANUAL_FIELDS } from '#app/payments/cash/parse-manual-payment.ts'
import { DataTable } from '#app/ui/data-table.tsx'

/** An open invoice that a payment may pay; amounts and dates are formatted. */
export type RemittanceRow = {
  id: string
  number: string
  poNumber: string | null
  due: string
  payable: string
  /** Value of the tick for all of it; null when nothing is payable now. */
  full: string | null
  /** Name and id of the box for a part of it. */
  field: string
}

/** What was ticked and typed, to be shown again; `errors` by field. */
export type TypedRemittance = {
  readonly full: readonly string[]
  readonly parts: Readonly<Record<string, string>>
  readonly errors: Readonly<Record<string, string>>
}

/** Which invoices a payment pays: a tick for all that is payable, or an amount. What no invoice gets becomes credit. */
export function RemittanceFields({
  rows,
  currency,
  typed,
}: {
  rows: readonly RemittanceRow[]
  currency: string
  typed: TypedRemittance
}): ReactNode {
  return (
    <DataTable
      caption={`Open invoices in ${currency}, oldest due first`}
      columns={[
        { key: 'number', label: 'Invoice' },
        { key: 'due', label: 'Due' },
        { key: 'payable', label: `Payable, ${currency}`, amount: true },
        { key: 'full', label: 'In full' },
        { key: 'part', label: `Or a part, ${currency}`, amount: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <span>
              {row.number}
              {row.poNumber && <span className="row-note">{row.poNumber}</span>}
            </span>
          </th>
          <td data-label="Due" className="nowrap">
            {row.due}
          </td>
          <td data-label="Payable" className="num">
            {row.payable}
          </td>
          <td data-label="In full">
            {row.full === null ? (
              <span className="muted">held</span>
            ) : (
              <label className="check">
                <span className="sr-only">Pay invoice {row.number} in full</span>
                <input
                  type="checkbox"
                  name={MANUAL_FIELDS.full}
                  value={row.full}
                  defaultChecked={typed.full.includes(row.full)}
                />
              </label>
            )}
          </td>
          <td data-label="Or a part" className="num">
            {row.full !== null && <PartBox row={row} currency={currency} typed={typed} />}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function PartBox({
  row,
  currency,
  typed,
}: {
  row: RemittanceRow
  currency: string
  typed: TypedRemittance
}): ReactNode {
  const error = typed.errors[row.field]
  return (
    <span className="cart-amount">
      <input
        className="input input--amount"
        id={row.field}
        name={row.field}
        inputMode="decimal"
        autoComplete="off"
        defaultValue={typed.parts[row.field] ?? ''}
        aria-label={`Part of invoice ${row.number} in ${currency}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${row.field}-error` : undefined}
      />
      {error && (
        <span className="field__error" id={`${row.field}-error`}>
          {error}
        </span>
      )}
    </span>
  )
}
