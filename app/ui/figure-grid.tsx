import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** A figure with its name; `note` says what it is made of, `href` leads to its rows. */
export type GridFigure = {
  key: string
  name: string
  value: string
  note?: string | null
  href?: string | null
}

/** A few figures side by side, for the first look at a page of work. */
export function FigureGrid({ figures }: { figures: readonly GridFigure[] }): ReactNode {
  return (
    <dl className="figure-grid">
      {figures.map(({ key, name, value, note, href }) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>
            <span className="amount amount--large">{href ? <Link to={href}>{value}</Link> : value}</span>
            {note && <span className="row-note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
