import type { ReactNode } from 'react'
import { AgreementText } from '#app/components/autopay/autopay-order.tsx'
import { MAX_DAYS_BEFORE } from '#app/payments/autopay/orders/order.ts'
import {
  AGREE_INTENT,
  EDIT_INTENT,
  READ_INTENT,
  SETUP_FIELDS,
  type SetupProblem,
  type TypedSetup,
} from '#app/payments/autopay/orders/parse-setup.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Checkbox, Select, TextInput } from '#app/ui/field.tsx'

type Choice = readonly [string, string]

/** The choices of an order. Sending them changes nothing: it leads to the text. */
export function AutopayChoices({
  typed,
  problems,
  currencies,
  methods,
  backHref,
}: {
  typed: TypedSetup
  problems: readonly SetupProblem[]
  currencies: readonly string[]
  /** Ids and names. */
  methods: readonly Choice[]
  backHref: string
}): ReactNode {
  const field = (name: keyof TypedSetup) => ({
    id: SETUP_FIELDS[name],
    name: SETUP_FIELDS[name],
    defaultValue: typed[name],
    error: problems.find(({ fieldId }) => fieldId === SETUP_FIELDS[name])?.message,
  })
  // What was typed is never hidden from whoever typed it.
  const isDescribed = [typed.site, typed.poPrefix, typed.upTo].some((text) => text !== '')
  const scopes: readonly Choice[] = [
    ['all', 'Every invoice in this currency'],
    ['filter', 'Only some of them'],
  ]
  return (
    <ActionForm className="stack" noValidate>
      <Select label="Pay by" options={methods} {...field('method')} />
      <Select label="Currency" options={currencies.map((each) => [each, each])} {...field('currency')} />
      <TextInput
        label="Most that one debit may be"
        hint="Invoices that do not fit are left for you to pay; the notice says which."
        inputMode="decimal"
        autoComplete="off"
        className="input--amount"
        {...field('limit')}
      />
      <TextInput
        label="Days before the due date"
        hint={`0 pays on the due date; at most ${MAX_DAYS_BEFORE}.`}
        inputMode="numeric"
        autoComplete="off"
        className="input--short"
        {...field('days')}
      />
      <Select label="Which invoices" options={scopes} {...field('scope')} />
      <fieldset className={isDescribed ? 'stack' : 'stack only-filtered'}>
        <legend className="field__hint">
          Fill in at least one. Only invoices that fit everything you fill in are paid.
        </legend>
        <TextInput label="Branch" optional autoComplete="off" {...field('site')} />
        <TextInput label="Order number begins with" optional autoComplete="off" {...field('poPrefix')} />
        <TextInput
          label="Total of at most"
          optional
          inputMode="decimal"
          autoComplete="off"
          className="input--amount"
          {...field('upTo')}
        />
      </fieldset>
      <div className="row">
        <Button name={SETUP_FIELDS.intent} value={READ_INTENT} pendingLabel="Writing…">
          Read the text
        </Button>
        <ButtonLink variant="quiet" to={backHref}>
          Back
        </ButtonLink>
      </div>
    </ActionForm>
  )
}

/** The text that the choices mean, and the tick below it. */
export function AutopayConsent({
  typed,
  paragraphs,
  hash,
  problem,
}: {
  typed: TypedSetup
  paragraphs: readonly string[]
  hash: string
  /** Why the tick did not do. */
  problem: string | undefined
}): ReactNode {
  const names = Object.keys(typed) as (keyof TypedSetup)[]
  return (
    <ActionForm className="stack" noValidate>
      {names.map((name) => (
        <input key={name} type="hidden" name={SETUP_FIELDS[name]} value={typed[name]} />
      ))}
      <input type="hidden" name={SETUP_FIELDS.textHash} value={hash} />
      <AgreementText paragraphs={paragraphs} />
      <div className="stack-s">
        {problem && (
          <p className="field__error" id="agreed-error">
            {problem}
          </p>
        )}
        <Checkbox
          id={SETUP_FIELDS.agreed}
          name={SETUP_FIELDS.agreed}
          value="yes"
          label="I have read this text and agree to it."
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'agreed-error' : undefined}
        />
      </div>
      <div className="row">
        <Button name={SETUP_FIELDS.intent} value={AGREE_INTENT} pendingLabel="Setting up…">
          Agree and set up autopay
        </Button>
        <Button variant="secondary" name={SETUP_FIELDS.intent} value={EDIT_INTENT}>
          Change my choices
        </Button>
      </div>
    </ActionForm>
  )
}
