import type { ReactNode } from 'react'
import { DataTable } from './data-table.tsx'

/** A column of a FactTable: its heading in words, which each cell repeats on a narrow screen. */
export type FactColumn = { key: string; label: string; amount?: boolean; nowrap?: boolean }

/** One row: a cell for each column, in order; the first heads the row. An empty string leaves a cell out of the card. */
export type FactRow = { key: string; cells: readonly ReactNode[] }

/** A table of plain facts: rows as arrays of cells, for pages that show many small tables. */
export function FactTable({
  caption,
  columns,
  rows,
  showCaption = false,
}: {
  caption: string
  columns: readonly FactColumn[]
  rows: readonly FactRow[]
  showCaption?: boolean
}): ReactNode {
  return (
    <DataTable caption={caption} columns={columns} showCaption={showCaption}>
      {rows.map(({ key, cells }) => (
        <tr key={key}>
          <th scope="row" className="lead">
            {cells[0]}
          </th>
          {columns.slice(1).map((column, index) => (
            <td key={column.key} data-label={column.label} className={classOf(column)}>
              {cells[index + 1]}
            </td>
          ))}
        </tr>
      ))}
    </DataTable>
  )
}

function classOf({ amount, nowrap }: FactColumn): string | undefined {
  if (amount) return 'num'
  return nowrap ? 'nowrap' : undefined
}
