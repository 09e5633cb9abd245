import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** Keyset paging of what is read newest first: back to the newest, on to the older; null when there is no such page. */
export function OlderLinks({ newest, older }: { newest: string | null; older: string | null }): ReactNode {
  if (newest === null && older === null) return null
  return (
    <nav className="pagination" aria-label="Pages">
      {newest === null ? <span /> : <Link to={newest}>Newest</Link>}
      {older !== null && (
        <Link to={older} rel="next">
          Older
        </Link>
      )}
    </nav>
  )
}
