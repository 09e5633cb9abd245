import type { ReactNode } from 'react'
import { Notice } from '#app/ui/notice.tsx'

/** What became of a form that staff sent: done, or why not. */
export function StaffSaid({ done, refusal }: { done: string | null; refusal: string | null }): ReactNode {
  if (refusal !== null) return <Notice tone="brick" live="assertive" title={refusal} />
  return done && <Notice tone="accent" live="polite" title={done} />
}
