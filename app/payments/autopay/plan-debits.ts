/**
 * Which debits are announced today. One debit a day and order. A new debit is announced at least three days ahead; one whose
 * amount or date is not what was announced before, at least seven. No debit is above the order's limit: invoices go in oldest
 * due first, whole, and what does not fit stays out and is said to. Invoices that come later join a debit that is far enough
 * away, or get the next free day.
 */
import type { InvoiceId } from '#app/books/ids.ts'
import {
  type AutopayOrder,
  type CoverableInvoice,
  debitDayOf,
  isCovered,
} from '#app/payments/autopay/orders/order.ts'
import { MAX_CART_ITEMS } from '#app/payments/cart/cart.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

export const NOTICE_DAYS = 3
export const CHANGED_NOTICE_DAYS = 7
/** Debits are announced so long before; time to skip them, and for later invoices to join them. */
export const ANNOUNCED_AHEAD_DAYS = 10

/** An invoice that could be debited: covered or not, with what is payable on it now. */
export type Candidate = CoverableInvoice & { readonly payableMinor: bigint }

export type DebitItem = { readonly invoiceId: InvoiceId; readonly amountMinor: bigint }

/** A debit that this order has on a day already, in whatever state. */
export type KnownDebit = {
  readonly debitOn: BusinessDate
  /** Whether it is only announced: it can still be changed. */
  readonly isOpen: boolean
  readonly items: readonly DebitItem[]
}

export type PlannedDebit = {
  readonly debitOn: BusinessDate
  /** An announced debit is changed, rather than a new one made. */
  readonly isChange: boolean
  /** What comes in now; to an announced debit, in addition. */
  readonly items: readonly DebitItem[]
  /** What the limit leaves out. */
  readonly leftOut: readonly InvoiceId[]
}

type Slot = {
  readonly isNew: boolean
  readonly isOpen: boolean
  sumMinor: bigint
  count: number
  items: DebitItem[]
  leftOut: InvoiceId[]
}

/** The debits to announce today. `candidates` are those that no open or skipped debit holds. */
export function planDebits(
  order: AutopayOrder,
  candidates: readonly Candidate[],
  known: readonly KnownDebit[],
  today: BusinessDate,
): readonly PlannedDebit[] {
  const slots = new Map(known.map((each) => [each.debitOn, slotOf(each)]))
  const horizon = addDays(today, ANNOUNCED_AHEAD_DAYS)
  const wanted = candidates
    .filter((each) => each.payableMinor > 0n && isCovered(order, each))
    .map((each) => ({ ...each, from: earliestDay(order, each, today) }))
    .filter((each) => each.from <= horizon)
    .toSorted(oldestFirst)
  for (const each of wanted) place(slots, each, order.limitMinor, today)
  return [...slots]
    .filter(([, slot]) => slot.items.length + slot.leftOut.length > 0)
    .map(([debitOn, { isNew, items, leftOut }]) => ({ debitOn, isChange: !isNew, items, leftOut }))
    .toSorted((a, b) => (a.debitOn < b.debitOn ? -1 : 1))
}

/** The first day on which an invoice may be debited when its notice goes out today. */
export function earliestDay(
  order: Pick<AutopayOrder, 'daysBefore'>,
  invoice: Pick<Candidate, 'dueOn' | 'wasAnnounced'>,
  today: BusinessDate,
): BusinessDate {
  const noticed = addDays(today, invoice.wasAnnounced ? CHANGED_NOTICE_DAYS : NOTICE_DAYS)
  const wanted = debitDayOf(order, invoice.dueOn)
  return wanted > noticed ? wanted : noticed
}

function slotOf({ isOpen, items }: KnownDebit): Slot {
  const sumMinor = items.reduce((total, each) => total + each.amountMinor, 0n)
  return { isNew: false, isOpen, sumMinor, count: items.length, items: [], leftOut: [] }
}

function place(
  slots: Map<BusinessDate, Slot>,
  { invoiceId, payableMinor, from }: Candidate & { from: BusinessDate },
  limitMinor: bigint,
  today: BusinessDate,
): void {
  const slot = freeSlot(slots, from, today)
  if (slot.sumMinor + payableMinor > limitMinor) {
    slot.leftOut.push(invoiceId)
    return
  }
  slot.items.push({ invoiceId, amountMinor: payableMinor })
  slot.sumMinor += payableMinor
  slot.count += 1
}

/** The debit of the first day from `day` on that still takes invoices; made when that day has none. */
function freeSlot(slots: Map<BusinessDate, Slot>, day: BusinessDate, today: BusinessDate): Slot {
  const slot = slots.get(day)
  if (slot === undefined) {
    const made = { isNew: true, isOpen: true, sumMinor: 0n, count: 0, items: [], leftOut: [] }
    slots.set(day, made)
    return made
  }
  const isFarEnough = slot.isNew || (slot.isOpen && day >= addDays(today, CHANGED_NOTICE_DAYS))
  return isFarEnough && slot.count < MAX_CART_ITEMS ? slot : freeSlot(slots, addDays(day, 1), today)
}

function oldestFirst(a: Candidate, b: Candidate): number {
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1
  return a.invoiceId < b.invoiceId ? -1 : 1
}
