/** The words of the forms by which staff record money. */
import type { RemittanceRow, TypedRemittance } from '#app/components/cash/remittance-fields.tsx'
import { formatAmount } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type { ManualMethod, TakeBackReason } from '#app/payments/cash/manual-payment.ts'
import type { OpenInvoice } from '#app/payments/cash/open-invoice.ts'
import {
  fullValue,
  MANUAL_FIELDS,
  type ManualProblem,
  partField,
} from '#app/payments/cash/parse-manual-payment.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import type { FormProblem } from '#app/ui/error-summary.tsx'

/** How money came, as the form offers it. */
export const METHOD_OPTIONS: readonly (readonly [ManualMethod, string])[] = [
  ['cheque', 'Cheque'],
  ['wire', 'Bank transfer'],
  ['cash', 'Cash'],
]

/** Why a payment is taken back, as the form offers it. */
export const TAKE_BACK_OPTIONS: readonly (readonly [TakeBackReason, string])[] = [
  ['bounced', 'The bank took it back, as for a bounced cheque'],
  ['wrong_customer', 'It was recorded for the wrong customer'],
  ['wrong_amount', 'It was recorded with the wrong amount'],
  ['entered_twice', 'It was recorded twice'],
]

/** An open invoice as a row of the form. */
export function remittanceRow(invoice: OpenInvoice, locale: string): RemittanceRow {
  return {
    id: invoice.id,
    number: invoice.number,
    poNumber: invoice.poNumber,
    due: formatBusinessDate(invoice.dueOn, locale),
    payable: formatAmount(invoice.payable, locale),
    full: isPositive(invoice.payable) ? fullValue(invoice.id, invoice.payable.minor) : null,
    field: partField(invoice.id),
  }
}

export const NOTHING_TYPED: TypedRemittance = { full: [], parts: {}, errors: {} }

/** What a form said, to be shown again beside what is wrong with it. */
export function typedRemittance(form: FormData, problems: readonly ManualProblem[]): TypedRemittance {
  const parts = [...form.keys()].filter((name) => name.startsWith('part-'))
  return {
    full: form.getAll(MANUAL_FIELDS.full).map(String),
    parts: Object.fromEntries(parts.map((name) => [name, String(form.get(name) ?? '')])),
    errors: errorsByField(problems),
  }
}

/** The sentence beside each field. */
export function errorsByField(problems: readonly ManualProblem[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    problems.flatMap(({ field, sentence }) => (field === null ? [] : [[field, sentence]])),
  )
}

/** The same sentences for the summary on top of the page. */
export function summaryOf(problems: readonly ManualProblem[]): FormProblem[] {
  return problems.map(({ field, sentence }) => ({
    message: sentence,
    ...(field !== null && { fieldId: field }),
  }))
}
