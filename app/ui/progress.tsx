import type { ReactNode } from 'react'

/** How far a longer piece of work has come, in a bar and in real counts; announced politely as it changes. */
export function Progress({
  done,
  total,
  label,
  text,
}: {
  done: number
  total: number
  label: string
  text: ReactNode
}): ReactNode {
  const percent = total === 0 ? 100 : Math.min(100, Math.round((done / total) * 100))
  return (
    <div className="progress">
      <svg
        height="4"
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <rect className="progress__track" width="100%" height="4" />
        <rect data-tone="accent" width={`${percent}%`} height="4" />
      </svg>
      <p role="status">{text}</p>
    </div>
  )
}
