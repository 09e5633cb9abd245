import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { MethodRow } from '#app/components/methods/method-view.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'

/** The saved ways to pay of one customer; each opens its own page for those who may change it. */
export function MethodTable({
  rows,
  base,
  canChange,
}: {
  rows: readonly MethodRow[]
  base: string
  canChange: boolean
}): ReactNode {
  return (
    <DataTable
      caption="Saved ways to pay"
      rowsOpen={canChange}
      columns={[
        { key: 'name', label: 'Way to pay' },
        { key: 'kind', label: 'Kind' },
        { key: 'expiry', label: 'Good until' },
        { key: 'used', label: 'Used by' },
        { key: 'state', label: 'State' },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            {canChange ? (
              <Link className="row-link" to={`${base}/methods/${row.id}`}>
                {row.name}
              </Link>
            ) : (
              row.name
            )}
            {row.warning && <span className="row-note row-note--late">{row.warning.text}</span>}
          </th>
          <td data-label="Kind">{row.kind}</td>
          <td data-label="Good until" className="nowrap">
            {row.expiry ?? 'No expiry'}
          </td>
          <td data-label="Used by">{row.usedBy ?? 'Nothing yet'}</td>
          <td data-label="State">
            <MethodState row={row} />
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function MethodState({ row }: { row: MethodRow }): ReactNode {
  if (row.warning?.tone === 'brick')
    return (
      <StatusTag tone="brick" shape="square">
        Not usable
      </StatusTag>
    )
  if (row.warning !== null)
    return (
      <StatusTag tone="amber" shape="half">
        Expires soon
      </StatusTag>
    )
  return row.isDefault ? (
    <StatusTag tone="accent" shape="disc">
      Default
    </StatusTag>
  ) : (
    <StatusTag tone="neutral" shape="ring">
      Ready
    </StatusTag>
  )
}
