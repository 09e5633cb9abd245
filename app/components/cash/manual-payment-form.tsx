import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { MANUAL_FIELDS } from '#app/payments/cash/parse-manual-payment.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { RemittanceFields, type RemittanceRow, type TypedRemittance } from './remittance-fields.tsx'
import { METHOD_OPTIONS } from './remittance-view.ts'

type Props = {
  customer: { id: string; name: string }
  form: {
    paymentId: string
    currency: string
    today: string
    rows: readonly RemittanceRow[]
    hasMore: boolean
  }
  /** A part of an invoice number by which the rows are narrowed. */
  number: string
  otherCurrencies: readonly { currency: string; href: string }[]
  typed: Readonly<Record<string, string>>
  errors: Readonly<Record<string, string>>
  remittance: TypedRemittance
}

/** A cheque, a transfer or cash of one customer, and which invoices it pays. */
export function ManualPaymentForm({
  customer,
  form,
  number,
  otherCurrencies,
  typed,
  errors,
  remittance,
}: Props): ReactNode {
  const control = (name: string, fallback = '') => ({
    id: name,
    name,
    defaultValue: typed[name] ?? fallback,
    error: errors[name],
    autoComplete: 'off',
  })
  return (
    <>
      {(form.hasMore || number !== '') && (
        <search className="filter-block">
          <FilterForm className="filters">
            <input type="hidden" name="customer" value={customer.id} />
            <input type="hidden" name="currency" value={form.currency} />
            <TextInput
              type="search"
              label="Invoice number"
              name="q"
              id="q"
              defaultValue={number}
              maxLength={80}
            />
            <div className="filters__actions">
              <Button variant="secondary">Narrow the list</Button>
            </div>
          </FilterForm>
        </search>
      )}
      <ActionForm className="stack" noValidate>
        <input
          type="hidden"
          name={MANUAL_FIELDS.paymentId}
          value={typed[MANUAL_FIELDS.paymentId] ?? form.paymentId}
        />
        <input type="hidden" name="currency" value={form.currency} />
        <Select label="How it came" options={METHOD_OPTIONS} {...control(MANUAL_FIELDS.method, 'cheque')} />
        <TextInput
          label={`What arrived, ${form.currency}`}
          inputMode="decimal"
          className="input--short"
          {...control(MANUAL_FIELDS.amount)}
        />
        {otherCurrencies.length > 0 && (
          <p className="small">
            In another currency:{' '}
            {otherCurrencies.map((each) => (
              <span key={each.currency}>
                <Link to={each.href}>{each.currency}</Link>{' '}
              </span>
            ))}
          </p>
        )}
        <TextInput
          type="date"
          label="Day it arrived"
          max={form.today}
          className="input--short"
          {...control(MANUAL_FIELDS.settledOn, form.today)}
        />
        <TextInput
          label="Reference"
          optional
          hint="Number of the cheque, or what the transfer says."
          maxLength={140}
          {...control(MANUAL_FIELDS.reference)}
        />
        <h2>What it pays</h2>
        <p className="muted">
          Tick an invoice to pay it in full, or enter a part. The rest is kept as the customer’s credit.
        </p>
        {form.rows.length > 0 ? (
          <RemittanceFields rows={form.rows} currency={form.currency} typed={remittance} />
        ) : (
          <p>Nothing is open in {form.currency}: all of it becomes credit.</p>
        )}
        {form.hasMore && (
          <p className="muted small">
            Only the oldest {form.rows.length} are shown. Narrow the list by number to find others.
          </p>
        )}
        <div>
          <Button large pendingLabel="Recording…">
            Record the payment
          </Button>
        </div>
      </ActionForm>
    </>
  )
}
