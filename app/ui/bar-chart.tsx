import type { ReactNode } from 'react'
import type { Tone } from './status-tag.tsx'

/** One bar: its name, its size as a share of the longest bar (0 to 1), and its value in words. */
export type ChartBar = { key: string; name: string; share: number; value: string; tone: Tone }

const ROW_HEIGHT = 46

/**
 * Horizontal bars from a zero baseline, each under its name and value, so that it reads the same at any width. The
 * title is the question that the chart answers; `table` holds the same figures for whoever cannot see it.
 */
export function BarChart({
  title,
  summary,
  bars,
  table,
}: {
  title: string
  summary: string
  bars: readonly ChartBar[]
  table: ReactNode
}): ReactNode {
  const height = bars.length * ROW_HEIGHT
  return (
    <figure className="chart">
      <figcaption className="chart__title">{title}</figcaption>
      <svg height={height} role="img" aria-label={summary}>
        {bars.map((bar, index) => {
          const top = index * ROW_HEIGHT
          return (
            <g key={bar.key}>
              <text className="chart__muted" y={top + 15}>
                {bar.name}
              </text>
              <text x="100%" y={top + 15} textAnchor="end">
                {bar.value}
              </text>
              <line x2="100%" y1={top + 34.5} y2={top + 34.5} />
              <rect data-tone={bar.tone} y={top + 23} width={`${shareInPercent(bar.share)}%`} height={12} />
            </g>
          )
        })}
      </svg>
      {table}
    </figure>
  )
}

/** A bar above zero is never invisible: at least half a percent of the width. */
function shareInPercent(share: number): number {
  if (share <= 0) return 0
  return Math.max(0.5, Math.round(share * 1000) / 10)
}
