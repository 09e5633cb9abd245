import type { ReactNode } from 'react'
import type { Tone } from './status-tag.tsx'

/** One step: who did what and when, oldest first. A `future` step is drawn in outline. */
export type TimelineStep = {
  key: string
  what: ReactNode
  who?: ReactNode
  /** The moment in words, and for machines in `dateTime` (ISO 8601). */
  when: ReactNode
  dateTime?: string
  amount?: ReactNode
  mark?: ReactNode
  details?: ReactNode
  tone?: Tone
  future?: boolean
}

/** The one way to tell a story of events; newest last, what is still to come after it. */
export function Timeline({ steps, label }: { steps: readonly TimelineStep[]; label: string }): ReactNode {
  return (
    <ol className="timeline" aria-label={label}>
      {steps.map((step) => (
        <li key={step.key} data-tone={step.tone ?? 'neutral'} data-future={step.future || undefined}>
          <div className="timeline__head">
            <span className="timeline__what">{step.what}</span>
            {step.amount && <span className="amount">{step.amount}</span>}
          </div>
          <div className="timeline__meta">
            {step.future && <span>Expected </span>}
            {step.dateTime ? <time dateTime={step.dateTime}>{step.when}</time> : step.when}
            {step.who && <span> · {step.who}</span>}
          </div>
          {step.details && <div>{step.details}</div>}
          {step.mark && <div className="timeline__mark">{step.mark}</div>}
        </li>
      ))}
    </ol>
  )
}
