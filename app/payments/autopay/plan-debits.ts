/**
 * Which debits are announced today. One debit a day and order. A new debit is announced at least three days ahead; one whose
 * amount or date is not what was announced before, at least seven. What is debited of an invoice is what credit that is used first
 * and the discount that the day of the debit earns leave of it. No debit is above the order's limit: invoices go in oldest
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
import { clearingOf } from '#app/payments/bank-days.ts'
import { MAX_CART_ITEMS } from '#app/payments/cart/cart.ts'
import { type BookedInvoice, offerAfter, type PayDays } from '#app/payments/cart/cart-books.ts'
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

export const NOTICE_DAYS = 3
export const CHANGED_NOTICE_DAYS = 7
/** Debits are announced so long before; time to skip them, and for later invoices to join them. */
export const ANNOUNCED_AHEAD_DAYS = 10

/** An invoice that could be debited: covered or not, as it stands in the books now. */
export type Candidate = CoverableInvoice & BookedInvoice

/** What a debit does to one invoice, minor units: what is debited, what credit covers first, and the discount that it earns. */
export type DebitItem = {
  readonly invoiceId: InvoiceId
  readonly amountMinor: bigint
  readonly creditMinor: bigint
  readonly discountMinor: bigint
}

/** Whether an item only says that its invoice did not fit the limit. */
export function isLeftOut({ amountMinor, creditMinor }: Omit<DebitItem, 'invoiceId'>): boolean {
  return amountMinor + creditMinor === 0n
}

/** What a debit is made by and what is used before it. */
export type DebitMeans = {
  readonly methodKind: SavedMethodKind
  /** Credit that no announced debit counts on, minor units; nothing where the supplier does not use it first. */
  readonly creditMinor: bigint
}

/** The days of a debit that begins on this one: a card's money is there at once, a bank's when it is expected to clear. */
export function daysOf(methodKind: SavedMethodKind, begins: BusinessDate): PayDays {
  return { begins, arrives: methodKind === 'us_bank_account' ? clearingOf(begins) : begins }
}

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
  { methodKind, creditMinor }: DebitMeans,
  today: BusinessDate,
): readonly PlannedDebit[] {
  const slots = new Map(known.map((each) => [each.debitOn, slotOf(each)]))
  const horizon = addDays(today, ANNOUNCED_AHEAD_DAYS)
  const wanted = candidates
    .filter((each) => each.payableMinor > 0n && isCovered(order, each))
    .map((each) => ({ ...each, from: earliestDay(order, each, today) }))
    .filter((each) => each.from <= horizon)
    .toSorted(oldestFirst)
  let freeMinor = creditMinor
  for (const each of wanted) {
    const [day, slot] = freeSlot(slots, each.from, today)
    const item = itemOf(each, freeMinor, daysOf(methodKind, day))
    if (!fits(slot, item, order.limitMinor)) {
      slot.leftOut.push(each.invoiceId)
      continue
    }
    freeMinor -= item.creditMinor
    slot.items.push(item)
    slot.sumMinor += item.amountMinor
    slot.count += 1
  }
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

function itemOf(candidate: Candidate, freeMinor: bigint, days: PayDays): DebitItem {
  const { invoiceId, payableMinor } = candidate
  const creditMinor = freeMinor < payableMinor ? freeMinor : payableMinor
  const discountMinor = offerAfter(candidate, creditMinor, days)?.savingMinor ?? 0n
  return { invoiceId, amountMinor: payableMinor - creditMinor - discountMinor, creditMinor, discountMinor }
}

/** The limit is on what is debited: what credit covers whole always fits. */
function fits({ sumMinor }: Slot, { amountMinor }: DebitItem, limitMinor: bigint): boolean {
  return amountMinor === 0n || sumMinor + amountMinor <= limitMinor
}

/** The debit of the first day from `day` on that still takes invoices; made when that day has none. */
function freeSlot(
  slots: Map<BusinessDate, Slot>,
  day: BusinessDate,
  today: BusinessDate,
): readonly [BusinessDate, Slot] {
  const slot = slots.get(day)
  if (slot === undefined) {
    const made = { isNew: true, isOpen: true, sumMinor: 0n, count: 0, items: [], leftOut: [] }
    slots.set(day, made)
    return [day, made]
  }
  const isFarEnough = slot.isNew || (slot.isOpen && day >= addDays(today, CHANGED_NOTICE_DAYS))
  return isFarEnough && slot.count < MAX_CART_ITEMS ? [day, slot] : freeSlot(slots, addDays(day, 1), today)
}

function oldestFirst(a: Candidate, b: Candidate): number {
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1
  return a.invoiceId < b.invoiceId ? -1 : 1
}
