import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'

/** Names of the form's fields. */
export const CLOSE_FIELDS = { dispute: 'dispute', outcome: 'outcome' } as const

/** The ways to end a dispute, each a button that says what it does. */
const OUTCOMES = [
  ['withdrawn', 'The buyer withdrew'],
  ['rejected', 'Reject'],
  ['accepted', 'Accept and credit'],
] as const

/** Ends one open dispute. */
export function CloseDisputeForm({ disputeId }: { disputeId: string }): ReactNode {
  return (
    <ActionForm className="row">
      <input type="hidden" name={CLOSE_FIELDS.dispute} value={disputeId} />
      {OUTCOMES.map(([outcome, words]) => (
        <Button key={outcome} variant="secondary" name={CLOSE_FIELDS.outcome} value={outcome}>
          {words}
        </Button>
      ))}
    </ActionForm>
  )
}
