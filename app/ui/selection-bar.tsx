import type { ReactNode } from 'react'

/** The bar that stays at the lower edge while rows are ticked: what is chosen on the left, what can be done on the right. */
export function SelectionBar({ summary, children }: { summary: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className="selection-bar">
      <p className="selection-bar__sum" role="status">
        {summary}
      </p>
      <div className="row">{children}</div>
    </div>
  )
}
