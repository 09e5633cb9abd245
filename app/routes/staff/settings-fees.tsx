import type { ReactNode } from 'react'
import { data, redirect } from 'react-router'
import { REFUSALS } from '#app/books/refusals.ts'
import { DiscountTerms, SurchargeForm } from '#app/components/fees/fee-settings.tsx'
import { discountTermRow } from '#app/components/fees/fee-settings-view.ts'
import { StaffSaid } from '#app/components/staff-home/staff-said.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, requireStaff } from '#app/parties/require.server.ts'
import {
  capsText,
  FEE_FIELDS,
  type FeeProblem,
  parseSurcharge,
  parseTerm,
} from '#app/payments/fees/parse-fees.ts'
import { readSurchargeRule } from '#app/payments/fees/read-surcharge-rule.server.ts'
import {
  addDiscountTerm,
  endDiscountTerm,
  listDiscountTerms,
  setSurchargeRule,
} from '#app/payments/fees/set-fees.server.ts'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/settings-fees.ts'

const PATH = '/staff/settings/fees'
const INTENT = 'intent'

const DONE: Readonly<Record<string, string>> = {
  surcharge: 'The card fee is set from today on.',
  added: 'The discount terms are added.',
  ended: 'The discount terms end for invoices issued from today on.',
}

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'manager')
  const { today, locale } = await readingFor(request)
  const rule = await readSurchargeRule(today)
  const done = new URL(request.url).searchParams.get('done') ?? ''
  return {
    today,
    done: Object.hasOwn(DONE, done) ? (DONE[done] ?? null) : null,
    isPastReview: rule !== null && today > rule.reviewOn,
    typed: {
      [FEE_FIELDS.rate]: rule === null ? '' : String(rule.rateBps / 100),
      [FEE_FIELDS.networks]: rule === null ? 'visa 3\nmastercard 4' : capsText(rule.networkCaps),
      [FEE_FIELDS.states]: rule === null ? 'CT 0\nMA 0\nME 0\nPR 0\nCO 2' : capsText(rule.stateCaps),
      [FEE_FIELDS.reviewOn]: rule?.reviewOn ?? '',
    },
    terms: (await listDiscountTerms()).map((term) => discountTermRow(term, locale)),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'manager')
  const { today } = await readingFor(request)
  const form = await request.formData()
  const ended = form.get(FEE_FIELDS.end)
  if (ended !== null) {
    if (!/^[0-9a-f-]{36}$/.test(String(ended)) || !(await endDiscountTerm(String(ended), today, person.id)))
      throw notFound()
    throw redirect(`${PATH}?done=ended`, 303)
  }
  if (form.get(INTENT) === 'surcharge') {
    const parsed = parseSurcharge(form, today)
    if (!parsed.ok) return again(form, parsed.problems)
    await setSurchargeRule(parsed.value, today, person.id)
    throw redirect(`${PATH}?done=surcharge`, 303)
  }
  const parsed = parseTerm(form)
  if (!parsed.ok) return again(form, parsed.problems)
  const added = await addDiscountTerm(parsed.value, person.id)
  if (added.ok) throw redirect(`${PATH}?done=added`, 303)
  return again(form, [{ field: FEE_FIELDS.customer, sentence: REFUSALS[added.refusal.code].sentence }])
}

/** The page again, with everything that was typed and what is wrong with it. */
function again(form: FormData, problems: readonly FeeProblem[]) {
  const typed = Object.fromEntries([...form].map(([name, value]) => [name, String(value).slice(0, 2_000)]))
  return data({ problems, typed }, { status: 400 })
}

export default function SettingsFees({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { done, terms, today, isPastReview } = loaderData
  const problems = actionData?.problems ?? []
  const typed: Readonly<Record<string, string>> = { ...loaderData.typed, ...actionData?.typed }
  const errors = Object.fromEntries(problems.map(({ field, sentence }) => [field, sentence]))
  return (
    <div className="stack">
      <title>{titleWithErrors('Card fees and discounts', problems.length > 0)}</title>
      <ErrorSummary
        problems={problems.map(({ field, sentence }) => ({ fieldId: field, message: sentence }))}
      />
      <PageHeader
        title="Card fees and discounts"
        lead="What a card may cost your customers, and what paying early is worth to you."
      />
      <StaffSaid done={done} refusal={null} />
      <SurchargeForm typed={typed} errors={errors} isPastReview={isPastReview} />
      <DiscountTerms terms={terms} typed={typed} errors={errors} today={today} />
    </div>
  )
}
