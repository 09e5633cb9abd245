import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { findCurrency, parseCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import { changePaymentPolicy } from '#app/payments/policy/change-payment-policy.server.ts'
import { listPolicyCurrencies, readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { POLICY_AMOUNTS, POLICY_RULES, parsePolicyForm } from '#app/payments/policy/payment-policy-form.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Checkbox, TextInput } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import type { Route } from './+types/settings-payments.ts'

const PAGE = '/staff/settings/payments'

const RULE_WORDS: Readonly<Record<(typeof POLICY_RULES)[number], string>> = {
  allowPartial: 'Buyers may pay a part of an invoice',
  shortNeedsReason: 'Whoever pays short of it by more than the tolerance says why',
  allowOverpayment: 'Buyers may pay more than is open; the rest becomes credit',
  creditsFirst: 'Unused credit is used before money is asked for',
  creditsNeedApproval: 'Buyers ask before they use credit',
  achPartialRefund: 'A part of a bank debit may be refunded',
}

const AMOUNT_WORDS: Readonly<Record<(typeof POLICY_AMOUNTS)[number], readonly [string, string]>> = {
  minPartialMinor: ['Least part of an invoice', 'A smaller part is not taken.'],
  toleranceMinor: ['Tolerance', 'What is short by no more than this is written off.'],
  secondApprovalMinor: ['Second person above', 'Refunds and write-offs above it need another manager.'],
  autopayCapMinor: ['Highest limit for autopay', 'What a customer may set per debit. Empty for none.'],
}

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'manager')
  const address = new URL(request.url).searchParams
  const currencies = await listPolicyCurrencies()
  const currency = findCurrency(address.get('currency') ?? '') ?? currencies[0] ?? parseCurrency('USD')
  const policy = await readPaymentPolicy(currency)
  const decimal = (minor: bigint | null): string => (minor === null ? '' : toDecimal(money(minor, currency)))
  return {
    currency,
    currencies: [...new Set([...currencies, currency])],
    isDone: address.has('saved'),
    rules: POLICY_RULES.map((name) => ({ name, isSet: policy[name] })),
    amounts: Object.fromEntries(POLICY_AMOUNTS.map((name) => [name, decimal(policy[name])])),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'manager')
  const form = await request.formData()
  const currency = findCurrency(String(form.get('currency') ?? ''))
  if (currency === null) throw notFound()
  const parsed = parsePolicyForm(form, currency)
  if (!parsed.ok) {
    const amounts = Object.fromEntries(POLICY_AMOUNTS.map((name) => [name, String(form.get(name) ?? '')]))
    const rules = POLICY_RULES.filter((name) => form.get(name) === 'yes')
    return data({ problems: parsed.problems, amounts, rules }, { status: 400 })
  }
  await changePaymentPolicy(currency, parsed.change, person.id)
  return redirect(`${PAGE}?currency=${currency}&saved`, 303)
}

export default function PaymentSettings({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { currency, currencies, isDone, rules, amounts } = loaderData
  const problems = actionData?.problems ?? []
  const typed: Readonly<Record<string, string>> = actionData?.amounts ?? amounts
  const isSet = (name: (typeof POLICY_RULES)[number], stored: boolean): boolean =>
    actionData ? actionData.rules.includes(name) : stored
  return (
    <div className="stack-l">
      <title>{titleWithErrors('Rules of paying', problems.length > 0)}</title>
      <PageHeader
        title="Rules of paying"
        lead="What buyers may do, and what needs a second person. Each currency has rules of its own."
      />
      <ErrorSummary
        problems={problems.map(({ field, sentence }) => ({
          fieldId: field,
          message: `${AMOUNT_WORDS[field][0]}: ${sentence}`,
        }))}
      />
      {isDone && problems.length === 0 && (
        <Notice tone="accent" live="polite">
          <p>The rules for {currency} are saved. Who changed them is in the audit log.</p>
        </Notice>
      )}
      <Tabs
        label="Currency"
        tabs={currencies.map((each) => ({
          to: `${PAGE}?currency=${each}`,
          label: each,
          current: each === currency,
        }))}
      />
      <ActionForm className="stack" noValidate key={currency}>
        <input type="hidden" name="currency" value={currency} />
        <fieldset className="stack-s">
          <legend className="field__label">What is allowed</legend>
          {rules.map(({ name, isSet: stored }) => (
            <div key={name}>
              <Checkbox
                name={name}
                value="yes"
                label={RULE_WORDS[name]}
                defaultChecked={isSet(name, stored)}
              />
            </div>
          ))}
        </fieldset>
        {POLICY_AMOUNTS.map((name) => {
          const [label, hint] = AMOUNT_WORDS[name]
          const problem = problems.find(({ field }) => field === name)
          return (
            <TextInput
              key={name}
              id={name}
              name={name}
              label={`${label}, ${currency}`}
              hint={hint}
              optional={name === 'autopayCapMinor'}
              inputMode="decimal"
              autoComplete="off"
              className="input--short"
              defaultValue={typed[name] ?? ''}
              {...(problem && { error: `${label}: ${problem.sentence}` })}
            />
          )
        })}
        <div>
          <Button pendingLabel="Saving…">Save the rules for {currency}</Button>
        </div>
      </ActionForm>
    </div>
  )
}
