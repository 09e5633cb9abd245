import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { REASON_CHOICES, type RefundFormView } from './refund-view.ts'

/** What was typed into the form and refused. */
export type TypedRefund = {
  readonly amount: string
  readonly reason: string
  readonly source: string
  readonly problem: string
}

/** Asks for a refund of a payment: how much, why, and what is opened again first. */
export function RefundForm({
  form,
  typed,
}: {
  form: RefundFormView
  typed?: TypedRefund | undefined
}): ReactNode {
  return (
    <ActionForm className="stack-s narrow">
      <input type="hidden" name="refund" value={form.refundId} />
      {form.returnableUntil && (
        <Notice
          tone="amber"
          title={`The payer’s bank can still send this debit back, until ${form.returnableUntil}`}
        >
          <p>If it does so after a refund, the customer has the money twice. Wait if you can.</p>
        </Notice>
      )}
      <TextInput
        id="refund-amount"
        name="amount"
        label="Amount"
        prefix={form.currency}
        inputMode="decimal"
        autoComplete="off"
        required
        hint={form.isWholeOnly ? `A bank debit is refunded in whole: ${form.most}.` : `Up to ${form.most}.`}
        defaultValue={typed?.amount ?? form.suggested}
        error={typed?.problem}
      />
      <Select
        id="refund-reason"
        name="reason"
        label="Why"
        options={REASON_CHOICES}
        defaultValue={typed?.reason ?? 'requested_by_customer'}
      />
      <Select
        id="refund-source"
        name="source"
        label="Take it from"
        hint="What is taken from an invoice is open on it again."
        options={form.sources}
        defaultValue={typed?.source ?? 'any'}
      />
      <Button variant="secondary" name="act" value="refund" pendingLabel="Refunding…">
        Refund to the method that paid
      </Button>
    </ActionForm>
  )
}
