import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { useRowLinks } from './use-row-links.ts'

/** A column of a table. `amount` right-aligns it; `srOnly` keeps its heading for screen readers alone. */
export type Column = { key: string; label: ReactNode; amount?: boolean; srOnly?: boolean }

/**
 * The frame of a table: caption, sticky head, and rows given as plain `<tr>` for speed. A cell repeats its column's
 * words in `data-label`, so that on a narrow screen each row can become a small card; the cell with class `lead`
 * heads that card. With `rowsOpen`, the plain link of class `row-link` in a row is stretched over the whole row.
 */
export function DataTable({
  caption,
  showCaption = false,
  columns,
  rowsOpen = false,
  children,
  foot,
}: {
  caption: ReactNode
  showCaption?: boolean
  columns: readonly Column[]
  rowsOpen?: boolean
  children: ReactNode
  foot?: ReactNode
}): ReactNode {
  const table = useRowLinks<HTMLTableElement>()
  return (
    <div className="table-wrap">
      <table ref={table} className={classNames('table table--cards', rowsOpen && 'table--open')}>
        <caption className={showCaption ? undefined : 'sr-only'}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, label, amount, srOnly }) => (
              <th key={key} scope="col" className={amount ? 'num' : undefined}>
                {srOnly ? <span className="sr-only">{label}</span> : label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  )
}
