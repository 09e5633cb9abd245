/**
 * From what a payer confirmed and what the books say now to what is booked: credits, amounts with their discounts, small
 * differences, disputes over what is left, and money on account. Refuses a cart whose figures are no longer those that the payer saw.
 */
import type { InvoiceId } from '#app/books/ids.ts'
import { type Refusal, type RefusalCode, type Result, refuse } from '#app/books/refusals.ts'
import type { Cart, CartItem } from '#app/payments/cart/cart.ts'
import { type DiscountOffer, earnedDiscount } from '#app/payments/cart/discount.ts'
import { DISAGREE, judgeShortPay, type ShortPayPolicy, TOLERANCE_MARK } from '#app/payments/cart/short-pay.ts'
import type { PlannedUse } from '#app/payments/credits/credit-plan.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** One invoice of a cart as the books have it now. Minor units. */
export type CartInvoice = {
  readonly invoiceId: InvoiceId
  readonly number: string
  readonly openMinor: bigint
  /** Open less what is spoken for, before credits. */
  readonly payableMinor: bigint
  readonly credits: readonly PlannedUse[]
  readonly creditMinor: bigint
  /** On what is left after the credits. */
  readonly offer: DiscountOffer | null
}

export type CartPolicy = ShortPayPolicy & { readonly allowOverpayment: boolean }

export type CartFacts = {
  readonly policy: CartPolicy
  readonly invoices: ReadonlyMap<InvoiceId, CartInvoice>
  /** Whether this payer may dispute. */
  readonly mayDispute: boolean
}

export type PlannedItem = {
  readonly invoiceId: InvoiceId
  readonly amountMinor: bigint
  readonly discountMinor: bigint
  readonly discountUntil: BusinessDate | null
  readonly discountBasis: DiscountOffer['basis'] | null
  readonly shortReason: string | null
}

export type CartPlan = {
  /** Only those that money goes to. */
  readonly items: readonly PlannedItem[]
  readonly onAccountMinor: bigint
  readonly credits: readonly PlannedUse[]
  readonly disputes: readonly { readonly invoiceId: InvoiceId; readonly amountMinor: bigint }[]
  /** What the processor is asked for. */
  readonly totalMinor: bigint
}

type ItemPlan = {
  readonly item: PlannedItem
  readonly credits: readonly PlannedUse[]
  readonly disputedMinor: bigint
}

/** What it takes to settle an invoice on the day of these facts: what is payable after its credit and its discount. */
export function settlingMinor({ payableMinor, creditMinor, offer }: CartInvoice): bigint {
  return payableMinor - creditMinor - (offer?.savingMinor ?? 0n)
}

/** The figures of a row as its payer saw them; the same text means that nothing has moved. */
export function seenFigures({ payableMinor, creditMinor, offer }: CartInvoice): string {
  return [payableMinor, creditMinor, offer?.savingMinor ?? 0n].join('.')
}

/** The credit in figures that were shown; nothing where they cannot be read. */
export function creditIn(seen: string): bigint {
  const credit = seen.split('.')[1] ?? ''
  return /^\d{1,18}$/.test(credit) ? BigInt(credit) : 0n
}

/** What is to be booked for a cart, or everything that stands against it. */
export function planCart(
  cart: Cart,
  facts: CartFacts,
):
  | { readonly ok: true; readonly plan: CartPlan }
  | { readonly ok: false; readonly refusals: readonly Refusal[] } {
  const planned = cart.items.map((item) => planItem(item, facts))
  const onAccountMinor = cart.onAccount?.minor ?? 0n
  const refusals = planned.flatMap((each) => (each.ok ? [] : [each.refusal]))
  if (onAccountMinor > 0n && !facts.policy.allowOverpayment)
    refusals.push({ code: 'OVERPAYMENT_NOT_ALLOWED' })
  if (refusals.length > 0) return { ok: false, refusals }
  const plans = planned.flatMap((each) => (each.ok ? [each] : []))
  const items = plans.map(({ item }) => item).filter(({ amountMinor }) => amountMinor > 0n)
  return {
    ok: true,
    plan: {
      items,
      onAccountMinor,
      credits: plans.flatMap(({ credits }) => credits),
      disputes: plans.flatMap(({ item: { invoiceId }, disputedMinor }) =>
        disputedMinor > 0n ? [{ invoiceId, amountMinor: disputedMinor }] : [],
      ),
      totalMinor: items.reduce((sum, { amountMinor }) => sum + amountMinor, onAccountMinor),
    },
  }
}

function planItem(item: CartItem, { policy, invoices, mayDispute }: CartFacts): Result<ItemPlan> {
  const { invoiceId } = item
  const invoice = invoices.get(invoiceId)
  // An invoice of nobody or in another currency is the books' to refuse, as is more than is free: they know what stands in the way.
  if (invoice === undefined) return asTyped(item)
  const { offer, payableMinor, creditMinor } = invoice
  const amountMinor = item.amount.minor
  const left = payableMinor - creditMinor
  const refused = (code: RefusalCode) =>
    refuse(code, {
      invoiceId,
      payableMinor: left.toString(),
      leastMinor: policy.minPartialMinor.toString(),
    })
  if (amountMinor > payableMinor) return asTyped(item)
  if (amountMinor > left) return refused('AMOUNT_EXCEEDS_PAYABLE')
  if (item.seen !== undefined && item.seen !== seenFigures(invoice)) return refused('BALANCE_MOVED')
  if (amountMinor === 0n && creditMinor === 0n) return refused('AMOUNT_NOT_POSITIVE')

  const discountMinor = offer === null ? 0n : earnedDiscount(offer, amountMinor)
  const restMinor = left - amountMinor - discountMinor
  const reason = item.shortReason ?? null
  const judged = judgeShortPay(policy, { amountMinor, restMinor, reason })
  if (!judged.ok) return refused(judged.code)
  const isDisputed = judged.kind === 'short' && reason === DISAGREE
  if (isDisputed && !mayDispute) return refused('DISPUTE_NOT_YOURS')
  const isTolerated = judged.kind === 'tolerance' && amountMinor > 0n
  return {
    ok: true,
    item: {
      invoiceId,
      amountMinor,
      discountMinor: discountMinor + (isTolerated ? restMinor : 0n),
      // A small difference beside a discount is given with it, under the same terms.
      discountUntil: discountMinor > 0n ? (offer?.until ?? null) : null,
      discountBasis: discountMinor > 0n ? (offer?.basis ?? null) : null,
      shortReason:
        judged.kind === 'short' ? reason : isTolerated && discountMinor === 0n ? TOLERANCE_MARK : null,
    },
    credits: invoice.credits,
    disputedMinor: isDisputed ? restMinor : 0n,
  }
}

function asTyped({ invoiceId, amount }: CartItem): Result<ItemPlan> {
  const none = { discountMinor: 0n, discountUntil: null, discountBasis: null, shortReason: null }
  return {
    ok: true,
    item: { invoiceId, amountMinor: amount.minor, ...none },
    credits: [],
    disputedMinor: 0n,
  }
}
