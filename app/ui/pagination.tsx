import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** Keyset paging: only ever one step on or back, each an address of its own; null when there is no such page. */
export function Pagination({
  summary,
  previous,
  next,
}: {
  summary: ReactNode
  previous: string | null
  next: string | null
}): ReactNode {
  return (
    <nav className="pagination" aria-label="Pages">
      <span className="muted">{summary}</span>
      <span className="pagination__links">
        {previous !== null && (
          <Link to={previous} rel="prev">
            Previous page
          </Link>
        )}
        {next !== null && (
          <Link to={next} rel="next">
            Next page
          </Link>
        )}
      </span>
    </nav>
  )
}
