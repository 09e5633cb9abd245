import type { ReactNode } from 'react'
import { TAKE_BACK_OPTIONS } from '#app/components/cash/remittance-view.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Select } from '#app/ui/field.tsx'

/** Value of the act field that takes a payment back. */
export const TAKE_BACK_ACT = 'take-back'

/** Takes back a payment that staff had recorded, with a reason; behind a disclosure, since it opens invoices again. */
export function TakeBackForm({ amount }: { amount: string }): ReactNode {
  return (
    <Disclosure summary="Take this payment back">
      <ActionForm className="stack-s">
        <p className="muted">
          Its invoices are open again by what it had paid, and its credit is gone. The payment stays on
          record.
        </p>
        <Select id="take-back-reason" name="reason" label="Why" options={TAKE_BACK_OPTIONS} />
        <Button variant="danger" name="act" value={TAKE_BACK_ACT} pendingLabel="Taking back…">
          Take back {amount}
        </Button>
      </ActionForm>
    </Disclosure>
  )
}
