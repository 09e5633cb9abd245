/** Which payments the staff list shows, as its address says. */
import { PAYMENT_STATES } from '#app/payments/payment.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

/** The stored states, and three groups that staff look for: still open, outcome unknown, something taken back. */
export const PAYMENT_SHOWS = ['all', 'under-way', 'unknown', 'taken-back', ...PAYMENT_STATES] as const
export type PaymentShow = (typeof PAYMENT_SHOWS)[number]

export const PAYMENT_METHODS = [
  'card',
  'us_bank_account',
  'link',
  'cheque',
  'wire',
  'cash',
  'imported',
] as const
export type PaymentMethodName = (typeof PAYMENT_METHODS)[number]

/** `from` and `to` are days in the supplier's zone on which the payment was made. */
export type PaymentFilter = {
  readonly show: PaymentShow
  readonly method: PaymentMethodName | null
  readonly text: string | null
  readonly from: BusinessDate | null
  readonly to: BusinessDate | null
}

export type PaymentFilterField = 'show' | 'method' | 'q' | 'from' | 'to'
export type PaymentFilterProblem = { readonly field: PaymentFilterField; readonly sentence: string }

const LONGEST_TEXT = 200

/** Reads show, method, q, from and to of an address. What cannot be read is left out and named in `problems`. */
export function parsePaymentFilter(params: URLSearchParams): {
  filter: PaymentFilter
  problems: PaymentFilterProblem[]
} {
  const problems: PaymentFilterProblem[] = []
  const read = <T>(
    field: PaymentFilterField,
    parse: (typed: string) => T | null,
    sentence: string,
  ): T | null => {
    const typed = params.get(field)?.trim() ?? ''
    if (typed === '') return null
    const value = parse(typed)
    if (value === null) problems.push({ field, sentence })
    return value
  }
  const oneOf =
    <T extends string>(choices: readonly T[]) =>
    (typed: string): T | null =>
      choices.find((choice) => choice === typed) ?? null
  const text = (typed: string): string | null =>
    typed.length > LONGEST_TEXT || typed.includes('\0') ? null : typed
  const dateSentence = 'Write the date as 2026-12-31.'
  const filter: PaymentFilter = {
    show: read('show', oneOf(PAYMENT_SHOWS), 'Choose one of the states.') ?? 'all',
    method: read('method', oneOf(PAYMENT_METHODS), 'Choose one of the ways of paying.'),
    text: read('q', text, 'This is too long.'),
    from: read('from', findBusinessDate, dateSentence),
    to: read('to', findBusinessDate, dateSentence),
  }
  return { filter, problems }
}
