/**
 * Card surcharges. Taken on saved credit cards alone, whose funding the processor reports; never on debit, prepaid or unknown ones,
 * and never where several ways to pay are offered at once. The rate is what cards cost the supplier, at most the network's cap and at most
 * that of the payer's state; a state that is not known takes none while any state is limited. Past its review date the rule
 * takes none. Half a unit rounds up; where the processor charges in coarser steps only, what is not a whole step is not taken.
 */
import { divideHalfUp } from '#app/money/rounding.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type SurchargeRule = {
  /** What accepting cards costs the supplier, in basis points. */
  readonly rateBps: number
  /** Cap per network; one that is not named takes none. */
  readonly networkCaps: Readonly<Record<string, number>>
  /** Caps of states of the payer, none where it is 0; a state that is not named has no cap of its own. */
  readonly stateCaps: Readonly<Record<string, number>>
  readonly reviewOn: BusinessDate
}

/** What the processor says about a saved method. */
export type SurchargedMethod = {
  readonly kind: 'card' | 'us_bank_account' | 'link'
  readonly brand: string | null
  readonly funding: string | null
  /** US state of the billing address. */
  readonly billingState: string | null
}

/** Why no surcharge is taken. */
export type NoSurcharge =
  | 'no_rule'
  | 'rule_not_reviewed'
  | 'not_a_card'
  | 'not_credit'
  | 'network_not_allowed'
  | 'state_unknown'
  | 'state_not_allowed'
  | 'too_small'

export type Surcharge =
  | { readonly taken: true; readonly surchargeMinor: bigint; readonly rateBps: number }
  | { readonly taken: false; readonly why: NoSurcharge }

/** The surcharge on an amount paid by a saved method, or why there is none. `stepMinor`: what the processor can charge a multiple of. */
export function surchargeOn(
  rule: SurchargeRule | null,
  method: SurchargedMethod,
  amountMinor: bigint,
  today: BusinessDate,
  stepMinor = 1n,
): Surcharge {
  const judged = rateFor(rule, method, today)
  if (typeof judged === 'string') return { taken: false, why: judged }
  const exactMinor = divideHalfUp(amountMinor * BigInt(judged), 10_000n)
  const surchargeMinor = exactMinor - (exactMinor % stepMinor)
  if (surchargeMinor <= 0n) return { taken: false, why: 'too_small' }
  return { taken: true, surchargeMinor, rateBps: judged }
}

/** The rate for a method in basis points, above zero, or why there is none. */
function rateFor(
  rule: SurchargeRule | null,
  { kind, brand, funding, billingState }: SurchargedMethod,
  today: BusinessDate,
): number | NoSurcharge {
  if (rule === null || rule.rateBps <= 0) return 'no_rule'
  if (today > rule.reviewOn) return 'rule_not_reviewed'
  if (kind !== 'card') return 'not_a_card'
  if (funding !== 'credit') return 'not_credit'
  const networkCap = capIn(rule.networkCaps, brand?.toLowerCase() ?? '') ?? 0
  if (networkCap <= 0) return 'network_not_allowed'
  const state = billingState?.trim().toUpperCase() ?? ''
  if (state === '' && Object.keys(rule.stateCaps).length > 0) return 'state_unknown'
  const stateCap = capIn(rule.stateCaps, state) ?? rule.rateBps
  if (stateCap <= 0) return 'state_not_allowed'
  return Math.min(rule.rateBps, networkCap, stateCap)
}

function capIn(caps: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(caps, name) ? caps[name] : undefined
}
