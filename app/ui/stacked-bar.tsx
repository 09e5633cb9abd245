import type { ReactNode } from 'react'
import type { Tone } from './status-tag.tsx'

/** One piece of a whole: `share` is its part between 0 and 1, `text` what it says in the list below the bar. */
export type BarPart = { key: string; share: number; tone: Tone; text: ReactNode }

/** A thin bar of parts of one whole, followed by the same parts in words. Drawn in SVG: the CSP forbids style attributes. */
export function StackedBar({ label, parts }: { label: string; parts: readonly BarPart[] }): ReactNode {
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.share, 0))
  return (
    <div className="stacked-bar">
      <svg height="8" aria-hidden="true" focusable="false">
        <title>{label}</title>
        {parts.map((part, index) => (
          <rect
            key={part.key}
            data-tone={part.tone}
            x={percent(starts[index] ?? 0)}
            width={percent(part.share)}
            height="8"
          />
        ))}
      </svg>
      <ul className="stacked-bar__key" aria-label={label}>
        {parts.map((part) => (
          <li key={part.key}>{part.text}</li>
        ))}
      </ul>
    </div>
  )
}

function percent(share: number): string {
  return `${Math.round(share * 10000) / 100}%`
}
