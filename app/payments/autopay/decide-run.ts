/**
 * What an announced debit does on its day, from what is payable at that moment after credit and discount. Never before its day, never
 * more than was announced, than is payable, or than the limit. Where credit covers everything, nothing is debited. Money that
 * another payment holds is waited for, a day at a time; what was settled otherwise is left out; a debit that could not begin within
 * three days of its day is announced anew, and so is what credit or a discount was to cover and does not any more.
 */
import type { InvoiceId } from '#app/books/ids.ts'
import { type AutopayOrder, debitDayOf } from '#app/payments/autopay/orders/order.ts'
import type { DebitItem } from '#app/payments/autopay/plan-debits.ts'
import {
  type BookedInvoice,
  type CartBooks,
  cartInvoices,
  type PayDays,
} from '#app/payments/cart/cart-books.ts'
import { seenFigures, settlingMinor } from '#app/payments/cart/plan-cart.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

/** A debit begins at most so long after the day that was announced. */
export const LATEST_DAYS = 3
/** A further try begins at most so long after the failure before it. */
export const LATEST_RETRY_DAYS = 14

/** How an announced invoice stands now. */
export type PresentInvoice = BookedInvoice & {
  /** Whether another payment holds a part of it. */
  readonly isHeldByPayment: boolean
}

/** The announced invoices and the credit that is used before them, as the books have them now. */
export type PresentBooks = Pick<CartBooks, 'currency' | 'credits'> & {
  /** Those of the run that are still there in its currency, oldest due first. */
  readonly invoices: readonly PresentInvoice[]
}

/** What a run does to one invoice, minor units, and the figures that this was worked out from. */
export type ChargeItem = {
  readonly invoiceId: InvoiceId
  /** What is debited: nothing where credit is all that is used. */
  readonly amountMinor: bigint
  /** What would settle the invoice and is more than was announced: it stays open. */
  readonly restMinor: bigint
  readonly seen: string
}

export type DueRun = {
  readonly debitOn: BusinessDate
  readonly attemptNo: number
  /** Day on which this try was made out; for a further try, that of the failure. */
  readonly madeOn: BusinessDate
  readonly items: readonly DebitItem[]
}

export type SkipReason =
  | 'settled_elsewhere'
  | 'credit_gone'
  | 'on_hold'
  | 'date_changed'
  | 'too_late'
  | 'autopay_paused'
  | 'autopay_ended'
  | 'not_payable'

export type RunDecision =
  | { readonly does: 'charge'; readonly items: readonly ChargeItem[] }
  | { readonly does: 'wait'; readonly reason: 'held_elsewhere'; readonly until: BusinessDate }
  | { readonly does: 'skip'; readonly reason: SkipReason }
  | { readonly does: 'nothing' }

/** What to do with a run on the day that it would begin. */
export function decideRun(
  order: Pick<AutopayOrder, 'daysBefore' | 'limitMinor'>,
  run: DueRun,
  present: PresentBooks,
  days: PayDays,
): RunDecision {
  const today = days.begins
  if (today < run.debitOn) return { does: 'nothing' }
  if (today > latestDay(run)) return { does: 'skip', reason: 'too_late' }
  const timely = present.invoices.filter((invoice) => !isPostponed(order, run, invoice, today))
  const priced = price(run, { ...present, invoices: timely }, days)
  const items = withinLimit(priced, order.limitMinor)
  if (items.length === 0) return whyNothing(timely, present.invoices.length > timely.length, priced, today)
  if (items.length === priced.length) return { does: 'charge', items }
  // Credit is not used on what the limit leaves out.
  const within = new Set(items.map(({ invoiceId }) => invoiceId))
  const rest = timely.filter(({ invoiceId }) => within.has(invoiceId))
  return { does: 'charge', items: price(run, { ...present, invoices: rest }, days) }
}

/** What there is to do on each invoice: at most what was announced, and nothing for those that need nothing. */
function price(run: DueRun, present: PresentBooks, days: PayDays): readonly ChargeItem[] {
  const facts = cartInvoices(present, days)
  const announced = new Map(run.items.map((item) => [item.invoiceId, item.amountMinor]))
  return [...facts.values()].flatMap((invoice) => {
    const { invoiceId, creditMinor } = invoice
    const dueMinor = settlingMinor(invoice)
    const amountMinor = smaller(announced.get(invoiceId) ?? 0n, dueMinor)
    if (amountMinor <= 0n && creditMinor <= 0n) return []
    return [{ invoiceId, amountMinor, restMinor: dueMinor - amountMinor, seen: seenFigures(invoice) }]
  })
}

/** The last day on which it may still begin. */
export function latestDay({ debitOn, attemptNo, madeOn }: DueRun): BusinessDate {
  return attemptNo === 1 ? addDays(debitOn, LATEST_DAYS) : addDays(madeOn, LATEST_RETRY_DAYS)
}

/** The due date moved away after the notice: debiting on the announced day would be early. */
function isPostponed(
  order: Pick<AutopayOrder, 'daysBefore'>,
  run: DueRun,
  { dueOn }: PresentInvoice,
  today: BusinessDate,
): boolean {
  const day = debitDayOf(order, dueOn)
  return day > run.debitOn && day > today
}

/** Items, whole, as far as the limit on what is debited goes. */
function withinLimit(items: readonly ChargeItem[], limitMinor: bigint): readonly ChargeItem[] {
  let sumMinor = 0n
  return items.filter(({ amountMinor }) => {
    if (sumMinor + amountMinor > limitMinor) return false
    sumMinor += amountMinor
    return true
  })
}

function whyNothing(
  invoices: readonly PresentInvoice[],
  anyPostponed: boolean,
  priced: readonly ChargeItem[],
  today: BusinessDate,
): RunDecision {
  if (invoices.some((each) => each.isHeldByPayment))
    return { does: 'wait', reason: 'held_elsewhere', until: addDays(today, 1) }
  if (priced.length > 0) return { does: 'skip', reason: 'not_payable' }
  if (invoices.some((each) => each.payableMinor > 0n)) return { does: 'skip', reason: 'credit_gone' }
  if (invoices.some((each) => each.openMinor > 0n)) return { does: 'skip', reason: 'on_hold' }
  return { does: 'skip', reason: anyPostponed ? 'date_changed' : 'settled_elsewhere' }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
