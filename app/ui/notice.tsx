import type { ReactNode } from 'react'
import type { Tone } from './status-tag.tsx'

/**
 * A message about the page or about what just happened. `live` announces it when it appears: 'polite' waits for a
 * pause, 'assertive' interrupts and is for failures only.
 */
export function Notice({
  tone = 'neutral',
  title,
  live,
  children,
}: {
  tone?: Tone
  title?: ReactNode
  live?: 'polite' | 'assertive'
  children?: ReactNode
}): ReactNode {
  const role = live === 'assertive' ? 'alert' : live === 'polite' ? 'status' : undefined
  return (
    <div className="notice" data-tone={tone} role={role}>
      {title && <p className="notice__title">{title}</p>}
      {children}
    </div>
  )
}
