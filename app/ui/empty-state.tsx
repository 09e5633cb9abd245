import type { ReactNode } from 'react'

/** Says plainly that there is nothing, why, and what to do about it. */
export function EmptyState({ title, children }: { title: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <p className="serif">{title}</p>
      {children}
    </div>
  )
}
