import type { ReactNode } from 'react'
import { ErrorSummary } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'

/** What became of a form that staff sent: done, or why not, with the way to the box that is at fault where there is one. */
export function StaffSaid({
  done,
  refusal,
  fieldId,
}: {
  done: string | null
  refusal: string | null
  fieldId?: string | undefined
}): ReactNode {
  if (refusal !== null) return <ErrorSummary problems={[{ message: refusal, ...(fieldId && { fieldId }) }]} />
  return done && <Notice tone="accent" live="polite" title={done} />
}
