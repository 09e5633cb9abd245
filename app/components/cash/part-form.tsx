import type { ReactNode } from 'react'
import { MANUAL_FIELDS } from '#app/payments/cash/parse-manual-payment.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { RemittanceFields, type RemittanceRow, type TypedRemittance } from './remittance-fields.tsx'
import { METHOD_OPTIONS } from './remittance-view.ts'

/** One customer's part of a movement. */
export type PartView = {
  customer: { id: string; name: string }
  paymentId: string
  currency: string
  method: string
  /** What no part has yet: the amount that the form proposes. */
  rest: string
  rows: readonly RemittanceRow[]
  hasMore: boolean
}

/** Books a movement, or a part of it, to a customer whom staff chose themselves. */
export function PartForm({
  part,
  typed,
  errors,
  remittance,
}: {
  part: PartView
  typed: Readonly<Record<string, string>>
  errors: Readonly<Record<string, string>>
  remittance: TypedRemittance
}): ReactNode {
  const { currency, rows, hasMore } = part
  return (
    <ActionForm className="stack" noValidate>
      <input
        type="hidden"
        name={MANUAL_FIELDS.paymentId}
        value={typed[MANUAL_FIELDS.paymentId] ?? part.paymentId}
      />
      <Select
        id={MANUAL_FIELDS.method}
        name={MANUAL_FIELDS.method}
        label="How it came"
        options={METHOD_OPTIONS}
        defaultValue={typed[MANUAL_FIELDS.method] ?? part.method}
        error={errors[MANUAL_FIELDS.method]}
      />
      <TextInput
        id={MANUAL_FIELDS.amount}
        name={MANUAL_FIELDS.amount}
        label={`Of this movement, ${currency}`}
        hint="Lower it to split the movement: the rest goes to the next customer."
        inputMode="decimal"
        className="input--short"
        autoComplete="off"
        defaultValue={typed[MANUAL_FIELDS.amount] ?? part.rest}
        error={errors[MANUAL_FIELDS.amount]}
      />
      {rows.length > 0 ? (
        <RemittanceFields rows={rows} currency={currency} typed={remittance} />
      ) : (
        <p>Nothing is open in {currency}: all of it becomes credit of the customer.</p>
      )}
      {hasMore && <p className="muted small">Only the oldest {rows.length} are shown.</p>}
      <div className="row">
        <Button name="act" value="book" pendingLabel="Booking…">
          Book to {part.customer.name}
        </Button>
        <Button variant="secondary" name="act" value="add">
          Add it, and split the rest
        </Button>
      </div>
    </ActionForm>
  )
}
