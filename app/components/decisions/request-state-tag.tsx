import type { ReactNode } from 'react'
import type { RequestState } from '#app/payments/credits/credit-request.ts'
import { type Shape, StatusTag, type Tone } from '#app/ui/status-tag.tsx'

const STATE_TAGS: Readonly<Record<RequestState, readonly [string, Tone, Shape]>> = {
  requested: ['Waiting', 'amber', 'ring'],
  approved: ['Agreed', 'accent', 'disc'],
  declined: ['Declined', 'brick', 'square'],
}

/** How a request stands, in a word and a shape. */
export function RequestStateTag({ state }: { state: RequestState }): ReactNode {
  const [words, tone, shape] = STATE_TAGS[state]
  return (
    <StatusTag tone={tone} shape={shape}>
      {words}
    </StatusTag>
  )
}
