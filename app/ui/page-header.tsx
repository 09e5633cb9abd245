import type { ReactNode } from 'react'

/** The head of a page: its only h1, a line above it for where one is, a line below it, and the page's acts. */
export function PageHeader({
  title,
  kicker,
  lead,
  children,
}: {
  title: ReactNode
  kicker?: ReactNode
  lead?: ReactNode
  children?: ReactNode
}): ReactNode {
  return (
    <header className="page-header">
      <div>
        {kicker && <p className="page-header__kicker">{kicker}</p>}
        <h1>{title}</h1>
        {lead && <p className="page-header__lead">{lead}</p>}
      </div>
      {children && <div className="page-header__actions">{children}</div>}
    </header>
  )
}
