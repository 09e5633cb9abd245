import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { TextInput } from '#app/ui/field.tsx'

export type CreditBackForm = {
  readonly refundId: string
  readonly currency: string
  readonly suggested: string
  readonly most: string
}

/** Asks for unapplied credit of a payment to go back to the method that paid it. */
export function AskCreditBack({
  form,
  typed,
  error,
}: {
  form: CreditBackForm
  typed?: string | undefined
  error?: string | undefined
}): ReactNode {
  return (
    <Disclosure summary="Ask for this credit back" open={error !== undefined}>
      <ActionForm className="stack-s narrow">
        <p>
          {form.most} of this payment is credit on your account. You can pay invoices with it, or ask for it
          back: it goes to the card or account that paid, once your supplier has agreed.
        </p>
        <input type="hidden" name="refund" value={form.refundId} />
        <TextInput
          id="credit-back"
          name="amount"
          label="Amount"
          prefix={form.currency}
          inputMode="decimal"
          autoComplete="off"
          required
          defaultValue={typed ?? form.suggested}
          error={error}
        />
        <Button variant="secondary" name="act" value="credit-back" pendingLabel="Asking…">
          Ask for it back
        </Button>
      </ActionForm>
    </Disclosure>
  )
}
