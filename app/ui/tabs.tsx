import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** One view of the same thing, at its own address. */
export type Tab = { to: string; label: ReactNode; current: boolean }

/** A line of links to the views of one thing; they are links, not widgets, so back and bookmarks work. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }): ReactNode {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} aria-current={tab.current ? 'true' : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  )
}
