import type { ReactNode } from 'react'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Field, Select, TextInput } from '#app/ui/field.tsx'

/** How days in a CSV file may be written; found out where the file says it. */
const DATE_CHOICES: readonly (readonly [string, string])[] = [
  ['auto', 'Find out from the file'],
  ['YYYY-MM-DD', '2026-12-31'],
  ['M/D/YYYY', '12/31/2026, month first'],
  ['D/M/YYYY', '31/12/2026, day first'],
  ['D.M.YYYY', '31.12.2026'],
  ['YYYYMMDD', '20261231'],
]

/** Chooses a bank statement; the details below are for CSV files that do not give them. */
export function StatementUpload({
  error,
  typed,
}: {
  error: string | undefined
  typed: Readonly<Record<string, string>>
}): ReactNode {
  return (
    <ActionForm encType="multipart/form-data" className="stack">
      <Field
        id="statement-file"
        label="Bank statement"
        hint="CSV, BAI2 or camt.053 (XML), at most 10 MB. What it is, the file says itself."
        {...(error !== undefined && { error })}
      >
        {(ties) => (
          <input
            {...ties}
            className="input"
            type="file"
            name="file"
            accept=".csv,.txt,.bai,.bai2,.xml"
            required
          />
        )}
      </Field>
      <Disclosure
        summary="For CSV files that do not say their account, currency or dates"
        open={error !== undefined}
      >
        <div className="stack">
          <TextInput
            id="statement-account"
            name="account"
            label="Account"
            optional
            hint="Last four digits of your account."
            maxLength={34}
            autoComplete="off"
            defaultValue={typed.account ?? ''}
          />
          <TextInput
            id="statement-currency"
            name="currency"
            label="Currency"
            className="input--short"
            maxLength={3}
            autoComplete="off"
            defaultValue={typed.currency ?? 'USD'}
          />
          <Select
            id="statement-dates"
            name="dates"
            label="How dates are written"
            options={DATE_CHOICES}
            defaultValue={typed.dates ?? 'auto'}
          />
          <p className="muted small">
            The header names a column Date and either Amount or both Debit and Credit; Payer, Reference,
            Description, Value date, Balance, Currency and Account are read when they are there.
          </p>
        </div>
      </Disclosure>
      <div>
        <Button pendingLabel="Reading the file…">Import the statement</Button>
      </div>
    </ActionForm>
  )
}
