import type { ReactNode } from 'react'

/**
 * An amount of money. `text` is what the eye reads ("$1,240.50"); where that leaves out the currency because a column
 * states it, `spoken` is what a screen reader says instead.
 */
export function Amount({
  text,
  spoken,
  size,
}: {
  text: string
  spoken?: string
  size?: 'large' | 'huge'
}): ReactNode {
  const className = size ? `amount amount--${size}` : 'amount'
  if (!spoken || spoken === text) return <span className={className}>{text}</span>
  return (
    <span className={className}>
      <span aria-hidden="true">{text}</span>
      <span className="sr-only">{spoken}</span>
    </span>
  )
}
