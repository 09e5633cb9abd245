/** The forms of the fee settings, read whole: every problem is named at once, and nothing of a form with one is used. */

import type { DiscountBasis } from '#app/payments/cart/discount.ts'
import type { SurchargeRule } from '#app/payments/fees/surcharge.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

/** Names and ids of the fields. */
export const FEE_FIELDS = {
  rate: 'rate',
  networks: 'networks',
  states: 'states',
  reviewOn: 'review-on',
  customer: 'customer',
  discountRate: 'discount-rate',
  days: 'days',
  basis: 'basis',
  excludesTax: 'excludes-tax',
  onPartials: 'on-partials',
  validFrom: 'valid-from',
  end: 'end',
} as const

/** The most that a card network lets anybody take, in basis points. */
const MOST_BPS = 400

export type FeeProblem = { readonly field: string; readonly sentence: string }
export type ParsedFees<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly FeeProblem[] }

/** A rate as people type it, "2.9" or "2.9 %", in basis points; null when it is none with up to two decimals. */
export function parseRate(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?\s*%?$/.exec(text.trim())
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** Caps as people type them, one a line: "visa 3", "CO 2"; null when a line cannot be read or is above the most. */
export function parseCaps(text: string, name: RegExp): Record<string, number> | null {
  const caps: Record<string, number> = {}
  for (const line of text.split(/[\n,]/).map((each) => each.trim())) {
    if (line === '') continue
    const match = /^(\S+)\s+(.+)$/.exec(line)
    const bps = parseRate(match?.[2] ?? '')
    const key = match?.[1] ?? ''
    if (bps === null || bps > MOST_BPS || !name.test(key)) return null
    caps[key] = bps
  }
  return caps
}

/** Caps as the form shows them. */
export function capsText(caps: Readonly<Record<string, number>>): string {
  return Object.entries(caps)
    .map(([name, bps]) => `${name} ${bps / 100}`)
    .join('\n')
}

/** Reads the surcharge form. `today`: the review lies ahead of it. */
export function parseSurcharge(form: FormData, today: BusinessDate): ParsedFees<SurchargeRule> {
  const text = (field: string): string => String(form.get(field) ?? '').slice(0, 2_000)
  const rateBps = parseRate(text(FEE_FIELDS.rate))
  const networkCaps = parseCaps(text(FEE_FIELDS.networks).toLowerCase(), /^[a-z]{2,20}$/)
  const stateCaps = parseCaps(text(FEE_FIELDS.states).toUpperCase(), /^[A-Z]{2}$/)
  const reviewOn = findBusinessDate(text(FEE_FIELDS.reviewOn))
  const problems = [
    ...(rateBps === null || rateBps > MOST_BPS
      ? [problem(FEE_FIELDS.rate, 'Enter what cards cost you, from 0 to 4 %, such as 2.9.')]
      : []),
    ...(networkCaps === null
      ? [problem(FEE_FIELDS.networks, 'Enter one network a line with its cap, such as visa 3.')]
      : []),
    ...(stateCaps === null
      ? [problem(FEE_FIELDS.states, 'Enter one state a line with its cap, such as CO 2 or CT 0.')]
      : []),
    ...(reviewOn === null || reviewOn <= today
      ? [problem(FEE_FIELDS.reviewOn, 'Enter a day after today by which you look at the rule again.')]
      : []),
  ]
  if (
    problems.length > 0 ||
    rateBps === null ||
    networkCaps === null ||
    stateCaps === null ||
    reviewOn === null
  )
    return { ok: false, problems }
  return { ok: true, value: { rateBps, networkCaps, stateCaps, reviewOn } }
}

/** Discount terms as the form has them; `customerNumber` null for every customer. */
export type NewTerm = {
  readonly customerNumber: string | null
  readonly rateBps: number
  readonly days: number
  readonly basis: DiscountBasis
  readonly excludesTax: boolean
  readonly onPartials: boolean
  readonly validFrom: BusinessDate
}

/** Reads the form that adds discount terms. */
export function parseTerm(form: FormData): ParsedFees<NewTerm> {
  const text = (field: string): string =>
    String(form.get(field) ?? '')
      .trim()
      .slice(0, 100)
  const rateBps = parseRate(text(FEE_FIELDS.discountRate))
  const days = /^\d{1,3}$/.test(text(FEE_FIELDS.days)) ? Number(text(FEE_FIELDS.days)) : null
  const validFrom = findBusinessDate(text(FEE_FIELDS.validFrom))
  const problems = [
    ...(rateBps === null || rateBps < 1 || rateBps > 5_000
      ? [problem(FEE_FIELDS.discountRate, 'Enter a discount from 0.01 to 50 %, such as 2.')]
      : []),
    ...(days === null || days > 366
      ? [problem(FEE_FIELDS.days, 'Enter the days from the issue date, up to 366.')]
      : []),
    ...(validFrom === null
      ? [problem(FEE_FIELDS.validFrom, 'Enter the first day of issue that the terms are for.')]
      : []),
  ]
  if (problems.length > 0 || rateBps === null || days === null || validFrom === null)
    return { ok: false, problems }
  const customer = text(FEE_FIELDS.customer)
  return {
    ok: true,
    value: {
      customerNumber: customer === '' ? null : customer,
      rateBps,
      days,
      basis: text(FEE_FIELDS.basis) === 'initiated' ? 'initiated' : 'settled',
      excludesTax: form.has(FEE_FIELDS.excludesTax),
      onPartials: form.has(FEE_FIELDS.onPartials),
      validFrom,
    },
  }
}

function problem(field: string, sentence: string): FeeProblem {
  return { field, sentence }
}
