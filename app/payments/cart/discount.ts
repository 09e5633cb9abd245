/**
 * Early-payment discounts. The terms are those that held on the day of issue, a customer's own before everybody's. The discount
 * is a rate of the invoice, without its tax where the terms say so, rounded half up; what is left of an invoice earns its share.
 * A part payment earns a discount only where the terms grant it. It is fixed when the payer confirms, and given when the payment
 * settles: by then it must have settled, or have been initiated, on the last day or before, as the terms say.
 */
import { divideHalfUp } from '#app/money/rounding.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

/** What must happen on the last day or before. For cards both are the same day; a bank debit settles days after it was initiated. */
export type DiscountBasis = 'settled' | 'initiated'

export type DiscountTerm = {
  /** Null: every customer without terms of its own. */
  readonly customerId: string | null
  readonly rateBps: number
  readonly days: number
  readonly basis: DiscountBasis
  readonly excludesTax: boolean
  readonly onPartials: boolean
  /** First and last day of issue of the invoices that they are for. */
  readonly validFrom: BusinessDate
  readonly validTo: BusinessDate | null
}

/** What a discount is worked out from. Minor units; `payable` is what is open and free once credits are applied, as is `open`. */
export type DiscountableInvoice = {
  readonly issuedOn: BusinessDate
  readonly totalMinor: bigint
  readonly taxMinor: bigint
  readonly openMinor: bigint
  readonly payableMinor: bigint
}

/** A discount that can be earned today on one invoice. */
export type DiscountOffer = {
  readonly until: BusinessDate
  readonly basis: DiscountBasis
  readonly onPartials: boolean
  readonly payableMinor: bigint
  /** What is saved when everything payable is paid. */
  readonly savingMinor: bigint
  /** The discount on the whole invoice and its total: what a part earns is in this proportion. */
  readonly onTotalMinor: bigint
  readonly totalMinor: bigint
}

/** The terms of a customer's invoice: those valid on its day of issue, its own first, then the newest. */
export function termFor(
  terms: readonly DiscountTerm[],
  customerId: string,
  issuedOn: BusinessDate,
): DiscountTerm | null {
  const valid = terms
    .filter((term) => term.customerId === null || term.customerId === customerId)
    .filter(({ validFrom, validTo }) => validFrom <= issuedOn && (validTo === null || issuedOn <= validTo))
    .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : a.validFrom > b.validFrom ? -1 : 0))
  return valid.find((term) => term.customerId !== null) ?? valid[0] ?? null
}

/** What the terms offer on an invoice today; null when the last day is over or nothing would be saved. */
export function discountOffer(
  { rateBps, days, basis, excludesTax, onPartials }: DiscountTerm,
  invoice: DiscountableInvoice,
  today: BusinessDate,
): DiscountOffer | null {
  const { totalMinor, taxMinor, openMinor, payableMinor } = invoice
  const until = addDays(invoice.issuedOn, days)
  // Money in dispute or in another payment is not paid now, so what is free of it would be a part.
  const isPart = payableMinor < openMinor
  if (today > until || payableMinor <= 0n || (isPart && !onPartials)) return null
  const base = excludesTax ? totalMinor - taxMinor : totalMinor
  const onTotalMinor = divideHalfUp(base * BigInt(rateBps), 10_000n)
  if (onTotalMinor <= 0n || onTotalMinor >= totalMinor) return null
  const savingMinor = divideHalfUp(onTotalMinor * payableMinor, totalMinor)
  if (savingMinor <= 0n || savingMinor >= payableMinor) return null
  return { until, basis, onPartials, payableMinor, savingMinor, onTotalMinor, totalMinor }
}

/**
 * The discount that goes with an amount: the rest of the invoice once the amount and the whole saving cover it; else, where parts
 * earn, what the amount earns in proportion. Amount and discount never exceed what is payable.
 */
export function earnedDiscount(offer: DiscountOffer, amountMinor: bigint): bigint {
  const { payableMinor, savingMinor, onTotalMinor, totalMinor } = offer
  const rest = payableMinor - amountMinor
  if (amountMinor <= 0n || rest <= 0n) return 0n
  if (rest <= savingMinor) return rest
  if (!offer.onPartials) return 0n
  const share = divideHalfUp(amountMinor * onTotalMinor, totalMinor - onTotalMinor)
  return share < rest ? share : rest
}
