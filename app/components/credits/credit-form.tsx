import type { ReactNode } from 'react'
import { CREDIT_FIELDS, OLDEST_FIRST_ACT, USE_ACT } from '#app/payments/credits/parse-credit-form.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'

/** Unused credit of one currency and the invoices that it can go on. Choices are [value, words]. */
export type CreditFormView = {
  currency: string
  formId: string
  credits: readonly (readonly [string, string])[]
  invoices: readonly (readonly [string, string])[]
  /** Whether the supplier looks at it first. */
  mustAsk: boolean
  /** All of the credit in this currency: $120.00. */
  total: string
}

export type CreditAnswer = {
  readonly currency: string
  readonly typed: Readonly<Record<string, string>>
  readonly errors: Readonly<Record<string, string>>
}

/** Uses credit: one on one invoice, or all of it, oldest due first. */
export function CreditForm({
  view,
  answer,
}: {
  view: CreditFormView
  answer: CreditAnswer | null
}): ReactNode {
  const { currency, credits, invoices, mustAsk, total } = view
  const own = answer?.currency === currency ? answer : null
  const control = (name: string, fallback = '') => ({
    id: `${name}-${currency}`,
    name,
    defaultValue: own?.typed[name] ?? fallback,
    error: own?.errors[name],
  })
  return (
    <section className="stack" aria-labelledby={`use-${currency}`}>
      <h2 id={`use-${currency}`}>Use credit in {currency}</h2>
      {mustAsk && (
        <p className="muted">
          Your supplier looks at it first. Nothing changes on your account until they agree.
        </p>
      )}
      <ActionForm className="stack" noValidate>
        <input
          type="hidden"
          name={CREDIT_FIELDS.form}
          value={own?.typed[CREDIT_FIELDS.form] ?? view.formId}
        />
        <input type="hidden" name={CREDIT_FIELDS.currency} value={currency} />
        <Button name={CREDIT_FIELDS.act} value={OLDEST_FIRST_ACT} pendingLabel="Using…">
          {mustAsk ? `Ask to use ${total}, oldest due first` : `Use ${total}, oldest due first`}
        </Button>
      </ActionForm>
      <ActionForm className="stack" noValidate>
        <input
          type="hidden"
          name={CREDIT_FIELDS.form}
          value={own?.typed[CREDIT_FIELDS.form] ?? view.formId}
        />
        <input type="hidden" name={CREDIT_FIELDS.currency} value={currency} />
        <h3>Or choose</h3>
        <Select label="Credit" options={credits} {...control(CREDIT_FIELDS.credit, credits[0]?.[0])} />
        <Select
          label="Invoice, oldest due first"
          options={invoices}
          {...control(CREDIT_FIELDS.invoice, invoices[0]?.[0])}
        />
        <TextInput
          label={`Amount, ${currency}`}
          inputMode="decimal"
          autoComplete="off"
          className="input--short"
          {...control(CREDIT_FIELDS.amount)}
        />
        <div>
          <Button variant="secondary" name={CREDIT_FIELDS.act} value={USE_ACT} pendingLabel="Using…">
            {mustAsk ? 'Ask to use it' : 'Use it on this invoice'}
          </Button>
        </div>
      </ActionForm>
    </section>
  )
}
