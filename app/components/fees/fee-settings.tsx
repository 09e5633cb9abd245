import type { ReactNode } from 'react'
import { FEE_FIELDS } from '#app/payments/fees/parse-fees.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { Checkbox, Select, TextArea, TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { TermView } from './fee-settings-view.ts'

type Typed = { typed: Readonly<Record<string, string>>; errors: Readonly<Record<string, string>> }

/** The card fee: the supplier's own decision, with caps and the day by which it is looked at again. */
export function SurchargeForm({ typed, errors, isPastReview }: Typed & { isPastReview: boolean }): ReactNode {
  const field = fieldsOf({ typed, errors })
  return (
    <section className="section stack">
      <h2>Card fee</h2>
      {isPastReview && (
        <Notice
          tone="amber"
          title="The day for looking at this rule again is over: no fee is taken until you save it anew."
        />
      )}
      <ActionForm className="stack narrow" noValidate>
        <TextInput
          {...field(FEE_FIELDS.rate)}
          label="What cards cost you, %"
          hint="0 takes no fee. Only credit cards that are saved pay it; debit and prepaid cards never do."
          inputMode="decimal"
        />
        <TextArea
          {...field(FEE_FIELDS.networks)}
          label="Cap for each network, %"
          hint="One a line. A network that is not here takes none."
          rows={3}
        />
        <TextArea
          {...field(FEE_FIELDS.states)}
          label="Cap for each state, %"
          hint="One a line, 0 where a fee is not allowed. Which states these are is for you and your lawyer to say."
          rows={6}
        />
        <TextInput
          {...field(FEE_FIELDS.reviewOn)}
          label="Look at it again by"
          type="date"
          hint="Past this day no fee is taken."
        />
        <p>
          <Button name="intent" value="surcharge">
            Set the card fee
          </Button>
        </p>
      </ActionForm>
    </section>
  )
}

/** Discount terms: those there are, and a form for new ones. */
export function DiscountTerms({
  terms,
  typed,
  errors,
  today,
}: Typed & { terms: readonly TermView[]; today: string }): ReactNode {
  const field = fieldsOf({ typed: { [FEE_FIELDS.validFrom]: today, ...typed }, errors })
  return (
    <section className="section stack">
      <h2>Early-payment discounts</h2>
      {terms.length > 0 && <TermTable terms={terms} />}
      <ActionForm className="stack narrow" noValidate>
        <h3>Add terms</h3>
        <TextInput
          {...field(FEE_FIELDS.customer)}
          label="Account number"
          optional
          hint="Leave it empty for every customer without terms of its own."
        />
        <TextInput {...field(FEE_FIELDS.discountRate)} label="Discount, %" inputMode="decimal" />
        <TextInput {...field(FEE_FIELDS.days)} label="Days from the issue date" inputMode="numeric" />
        <Select
          {...field(FEE_FIELDS.basis)}
          label="In time when the payment is"
          options={[
            ['settled', 'settled by the last day'],
            ['initiated', 'initiated by the last day'],
          ]}
        />
        <TextInput {...field(FEE_FIELDS.validFrom)} label="For invoices issued from" type="date" />
        <div className="stack-s">
          <div>
            <Checkbox
              name={FEE_FIELDS.excludesTax}
              label="Not on tax"
              defaultChecked={typed.days === undefined || FEE_FIELDS.excludesTax in typed}
            />
          </div>
          <div>
            <Checkbox
              name={FEE_FIELDS.onPartials}
              label="A part payment earns its share"
              defaultChecked={FEE_FIELDS.onPartials in typed}
            />
          </div>
        </div>
        <p>
          <Button variant="secondary" name="intent" value="term">
            Add these terms
          </Button>
        </p>
      </ActionForm>
    </section>
  )
}

function TermTable({ terms }: { terms: readonly TermView[] }): ReactNode {
  return (
    <FactTable
      caption="Discount terms"
      columns={[
        { key: 'what', label: 'Terms' },
        { key: 'who', label: 'For' },
        { key: 'when', label: 'Invoices issued' },
        { key: 'conditions', label: 'Conditions' },
        { key: 'end', label: 'End' },
      ]}
      rows={terms.map(({ id, what, who, when, conditions, isOpen }) => ({
        key: id,
        cells: [
          what,
          who,
          when,
          conditions,
          isOpen ? (
            <ActionForm key="end">
              <Button variant="secondary" name={FEE_FIELDS.end} value={id} aria-label={`End ${what}, ${who}`}>
                End
              </Button>
            </ActionForm>
          ) : (
            'ended'
          ),
        ],
      }))}
    />
  )
}

/** Name, id, what was typed and what is wrong with it, of a field. */
function fieldsOf({ typed, errors }: Typed) {
  return (name: string) => ({
    name,
    id: name,
    defaultValue: typed[name] ?? '',
    ...(errors[name] && { error: errors[name] }),
  })
}
