import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Checkbox, TextArea } from '#app/ui/field.tsx'

/** Hands in evidence. It is taken once, so the form says so before. */
export function EvidenceForm({
  attemptId,
  typed,
  error,
}: {
  attemptId: string
  typed: string
  error?: string | undefined
}): ReactNode {
  return (
    <ActionForm className="stack-s measure">
      <input type="hidden" name="attempt" value={attemptId} />
      <TextArea
        id="evidence"
        name="evidence"
        label="What you can show"
        hint="What was delivered, when and to whom; what was agreed; what you wrote to each other. The bank reads it once: nothing can be added later."
        rows={10}
        maxLength={20_000}
        required
        defaultValue={typed}
        error={error}
      />
      <Button name="act" value="evidence" pendingLabel="Sending…">
        Send the evidence
      </Button>
    </ActionForm>
  )
}

/** Gives a chargeback up, after a tick that it is meant. */
export function AcceptForm({
  attemptId,
  amount,
  error,
}: {
  attemptId: string
  amount: string
  error?: string | undefined
}): ReactNode {
  return (
    <Disclosure summary="Give it up" open={error !== undefined}>
      <ActionForm className="stack-s">
        <input type="hidden" name="attempt" value={attemptId} />
        <p>
          The customer keeps the money, and the invoices are open again by that amount. It cannot be undone.
        </p>
        {error && <p className="field__error">{error}</p>}
        <Checkbox
          id="sure"
          name="sure"
          value="yes"
          required
          label={`The customer may keep ${amount}`}
          aria-invalid={error ? true : undefined}
        />
        <Button variant="danger" name="act" value="accept" pendingLabel="Giving up…">
          Accept the chargeback of {amount}
        </Button>
      </ActionForm>
    </Disclosure>
  )
}
