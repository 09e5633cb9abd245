import type { ReactNode } from 'react'
import type { RowError } from '#app/imports/imported-invoice.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Pagination } from '#app/ui/pagination.tsx'

const COLUMNS = [
  { key: 'line', label: 'Line', amount: true },
  { key: 'column', label: 'Column' },
  { key: 'message', label: 'What is wrong and what to do' },
]

/** Every reason why rows of a file cannot be booked, a page at a time. */
export function BatchErrors({
  errors,
  summary,
  previous,
  next,
}: {
  errors: readonly RowError[]
  summary: string
  previous: string | null
  next: string | null
}): ReactNode {
  if (errors.length === 0) return null
  return (
    <section className="stack" aria-labelledby="batch-errors">
      <h2 id="batch-errors">Rows that cannot be booked</h2>
      <DataTable caption="Rows that cannot be booked, in order of line" columns={COLUMNS}>
        {errors.map(({ line, column, code, message }) => (
          <tr key={`${line} ${column} ${code} ${message}`}>
            <td data-label="Line" className="num lead">
              {line}
            </td>
            <td data-label="Column">{column === '' ? 'whole row' : column}</td>
            <td data-label="What is wrong and what to do" className="prose">
              {message} <span className="muted small">{code}</span>
            </td>
          </tr>
        ))}
      </DataTable>
      {(previous !== null || next !== null) && (
        <Pagination summary={summary} previous={previous} next={next} />
      )}
    </section>
  )
}
