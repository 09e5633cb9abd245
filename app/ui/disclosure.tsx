import type { ReactNode } from 'react'

/** Details on demand; the browser's own element, so it works without JavaScript and can be searched. */
export function Disclosure({
  summary,
  open,
  children,
}: {
  summary: ReactNode
  open?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <details className="disclosure" open={open}>
      <summary>{summary}</summary>
      <div className="disclosure__body">{children}</div>
    </details>
  )
}
