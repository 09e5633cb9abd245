import type { ReactNode } from 'react'
import { WRITE_OFF_OPTIONS } from '#app/payments/write-offs/write-off.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'

/** Value of the act field that gives up part of an invoice. */
export const WRITE_OFF_ACT = 'write-off'

/** What came back of a form that was refused. */
export type WriteOffAnswer = { problem: string; amount: string; reason: string; form: string }

/** Gives up part of an invoice; behind a disclosure, since nothing brings it back. */
export function WriteOffForm({
  formId,
  currency,
  payable,
  limit,
  answer,
}: {
  formId: string
  currency: string
  /** What is payable, as the box proposes it: 12.50. */
  payable: string
  /** What one person may give up alone: $500.00. */
  limit: string
  answer: WriteOffAnswer | null
}): ReactNode {
  return (
    <Disclosure summary="Write off a part" open={answer !== null}>
      <ActionForm className="stack-s" noValidate>
        <p className="muted">
          Nobody will be asked for it any more. Beyond {limit} on one invoice a second person has to agree
          first.
        </p>
        <input type="hidden" name="form" value={answer?.form ?? formId} />
        <TextInput
          id="write-off-amount"
          name="amount"
          label={`Amount, ${currency}`}
          inputMode="decimal"
          autoComplete="off"
          className="input--short"
          defaultValue={answer?.amount ?? payable}
          {...(answer && { error: answer.problem })}
        />
        <Select
          id="write-off-reason"
          name="reason"
          label="Why"
          options={WRITE_OFF_OPTIONS}
          defaultValue={answer?.reason ?? 'small_balance'}
        />
        <Button variant="danger" name="act" value={WRITE_OFF_ACT} pendingLabel="Writing off…">
          Write it off
        </Button>
      </ActionForm>
    </Disclosure>
  )
}
