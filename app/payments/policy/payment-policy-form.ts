import { type CurrencyCode, currencyExponent } from '#app/money/currencies.ts'
import { isNegative } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'

/** The amounts of the rules, as the form names them. An empty cap is none. */
export const POLICY_AMOUNTS = [
  'minPartialMinor',
  'toleranceMinor',
  'secondApprovalMinor',
  'autopayCapMinor',
] as const
/** The yes-or-no rules, as the form names them. */
export const POLICY_RULES = [
  'allowPartial',
  'shortNeedsReason',
  'allowOverpayment',
  'creditsFirst',
  'creditsNeedApproval',
  'achPartialRefund',
] as const

export type PolicyChange = Readonly<
  Record<(typeof POLICY_RULES)[number], boolean> &
    Record<Exclude<(typeof POLICY_AMOUNTS)[number], 'autopayCapMinor'>, bigint> & {
      autopayCapMinor: bigint | null
    }
>
export type PolicyProblem = { readonly field: (typeof POLICY_AMOUNTS)[number]; readonly sentence: string }

/** Reads the rules of a currency; every amount that cannot be read is named. */
export function parsePolicyForm(
  form: FormData,
  currency: CurrencyCode,
): { ok: true; change: PolicyChange } | { ok: false; problems: PolicyProblem[] } {
  const problems: PolicyProblem[] = []
  const amount = (field: (typeof POLICY_AMOUNTS)[number]): bigint => {
    const read = parseAmount(String(form.get(field) ?? ''), currency)
    if (read.ok && !isNegative(read.amount)) return read.amount.minor
    const sample = currencyExponent(currency) === 0 ? '500' : '500.00'
    problems.push({
      field,
      sentence: `Enter an amount of nothing or more in ${currency}, such as ${sample}.`,
    })
    return 0n
  }
  const is = (rule: (typeof POLICY_RULES)[number]): boolean => form.get(rule) === 'yes'
  const hasCap = String(form.get('autopayCapMinor') ?? '').trim() !== ''
  const change: PolicyChange = {
    ...{
      allowPartial: is('allowPartial'),
      shortNeedsReason: is('shortNeedsReason'),
      allowOverpayment: is('allowOverpayment'),
    },
    ...{ creditsFirst: is('creditsFirst'), creditsNeedApproval: is('creditsNeedApproval') },
    achPartialRefund: is('achPartialRefund'),
    ...{ minPartialMinor: amount('minPartialMinor'), toleranceMinor: amount('toleranceMinor') },
    secondApprovalMinor: amount('secondApprovalMinor'),
    autopayCapMinor: hasCap ? amount('autopayCapMinor') : null,
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, change }
}
