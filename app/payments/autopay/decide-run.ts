/**
 * What an announced debit does on its day, from what is payable at that moment. Never before its day, never more than was
 * announced, than is payable, or than the limit. Money that another payment holds is waited for, a day at a time; what was
 * settled otherwise is left out; a debit that could not begin within three days of its day is announced anew.
 */
import type { InvoiceId } from '#app/books/ids.ts'
import { type AutopayOrder, debitDayOf } from '#app/payments/autopay/orders/order.ts'
import type { DebitItem } from '#app/payments/autopay/plan-debits.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

/** A debit begins at most so long after the day that was announced. */
export const LATEST_DAYS = 3
/** A further try begins at most so long after the failure before it. */
export const LATEST_RETRY_DAYS = 14

/** How an announced invoice stands now. */
export type PresentInvoice = {
  readonly invoiceId: InvoiceId
  readonly currency: string
  readonly dueOn: BusinessDate
  readonly openMinor: bigint
  readonly payableMinor: bigint
  /** Whether another payment holds a part of it. */
  readonly isHeldByPayment: boolean
}

export type DueRun = {
  readonly debitOn: BusinessDate
  readonly attemptNo: number
  /** Day on which this try was made out; for a further try, that of the failure. */
  readonly madeOn: BusinessDate
  readonly currency: string
  readonly items: readonly DebitItem[]
}

export type SkipReason =
  | 'settled_elsewhere'
  | 'on_hold'
  | 'date_changed'
  | 'too_late'
  | 'autopay_paused'
  | 'autopay_ended'
  | 'not_payable'

export type RunDecision =
  | { readonly does: 'charge'; readonly items: readonly DebitItem[] }
  | { readonly does: 'wait'; readonly reason: 'held_elsewhere'; readonly until: BusinessDate }
  | { readonly does: 'skip'; readonly reason: SkipReason }
  | { readonly does: 'nothing' }

/** What to do with a run today. */
export function decideRun(
  order: Pick<AutopayOrder, 'daysBefore' | 'limitMinor'>,
  run: DueRun,
  invoices: readonly PresentInvoice[],
  today: BusinessDate,
): RunDecision {
  if (today < run.debitOn) return { does: 'nothing' }
  if (today > latestDay(run)) return { does: 'skip', reason: 'too_late' }
  const present = new Map(invoices.map((each) => [each.invoiceId, each]))
  const standing = run.items.flatMap((item) => {
    const invoice = present.get(item.invoiceId)
    return invoice === undefined || invoice.currency !== run.currency ? [] : [{ item, invoice }]
  })
  const timely = standing.filter(({ invoice }) => !isPostponed(order, run, invoice, today))
  const items = withinLimit(
    timely
      .toSorted((a, b) => (a.invoice.dueOn < b.invoice.dueOn ? -1 : 1))
      .map(({ item, invoice }) => ({
        invoiceId: item.invoiceId,
        amountMinor: smaller(item.amountMinor, invoice.payableMinor),
      })),
    order.limitMinor,
  )
  if (items.length > 0) return { does: 'charge', items }
  return whyNothing(
    timely.map(({ invoice }) => invoice),
    standing.length > timely.length,
    today,
  )
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

/** Items with something in them, whole, as far as the limit goes. */
function withinLimit(items: readonly DebitItem[], limitMinor: bigint): readonly DebitItem[] {
  let sumMinor = 0n
  return items.filter(({ amountMinor }) => {
    if (amountMinor <= 0n || sumMinor + amountMinor > limitMinor) return false
    sumMinor += amountMinor
    return true
  })
}

function whyNothing(
  invoices: readonly PresentInvoice[],
  anyPostponed: boolean,
  today: BusinessDate,
): RunDecision {
  if (invoices.some((each) => each.isHeldByPayment))
    return { does: 'wait', reason: 'held_elsewhere', until: addDays(today, 1) }
  if (invoices.some((each) => each.payableMinor > 0n)) return { does: 'skip', reason: 'not_payable' }
  if (invoices.some((each) => each.openMinor > 0n)) return { does: 'skip', reason: 'on_hold' }
  return { does: 'skip', reason: anyPostponed ? 'date_changed' : 'settled_elsewhere' }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
