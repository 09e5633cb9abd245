import type { AmountView } from '#app/money/amount-view.ts'
import { type BusinessDate, daysBetween } from '#app/platform/time.ts'

/** What the filter of a list can ask for; each is also a figure of the account home. */
export const INVOICE_STATUSES = [
  'open',
  'not-due',
  'past-due',
  'disputed',
  'on-its-way',
  'settled',
  'all',
] as const
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number]

/** The one word that a row shows. The first that holds wins: settled, disputed, on-its-way, past-due, part-settled, open. */
export type InvoiceState = 'settled' | 'disputed' | 'on-its-way' | 'past-due' | 'part-settled' | 'open'

/** A day for the eye and for machines. */
export type DayView = { readonly date: BusinessDate; readonly text: string }

/** One row of an invoice list. Ids carry their prefix. */
export type InvoiceRow = {
  readonly id: string
  readonly kind: 'invoice' | 'fee'
  readonly number: string
  readonly externalNumber: string
  readonly poNumber: string | null
  readonly currency: string
  readonly issuedOn: DayView
  readonly dueOn: DayView
  /** "in 3 days", "due today", "12 days late"; null when nothing is owed. */
  readonly dueInWords: string | null
  /** Above zero when something is owed after its due date. */
  readonly daysLate: number
  readonly state: InvoiceState
  readonly total: AmountView
  readonly open: AmountView
  /** Open less everything that is spoken for. */
  readonly payable: AmountView
  readonly onItsWay: AmountView
  readonly disputed: AmountView
  readonly settledOn: DayView | null
  readonly customer: { readonly id: string; readonly number: string; readonly name: string }
}

/** Sums of the whole filtered set in one currency, not of the page. */
export type InvoiceSums = {
  readonly currency: string
  readonly count: number
  readonly total: AmountView
  readonly open: AmountView
  readonly payable: AmountView
  readonly onItsWay: AmountView
  readonly disputed: AmountView
}

/** One page of a list; a cursor is null when there is nothing on that side. */
export type InvoicePage = {
  readonly rows: readonly InvoiceRow[]
  readonly sums: readonly InvoiceSums[]
  readonly count: number
  readonly before: string | null
  readonly after: string | null
}

/** One figure of the account home: the amount, how many rows make it, and the list that it opens. */
export type AccountFigure = { readonly amount: AmountView; readonly count: number }

/** What one customer owes in one currency. open = not due + past due; disputed and on its way are parts of open. */
export type AccountFigures = {
  readonly currency: string
  readonly open: AccountFigure
  readonly notDue: AccountFigure
  readonly pastDue: AccountFigure
  readonly disputed: AccountFigure
  readonly onItsWay: AccountFigure
  readonly payable: AccountFigure
  /** What of the payable is past its due date. */
  readonly payablePastDue: AccountFigure
  /** Payments and credit memos that are not applied to any invoice. */
  readonly unappliedCredit: AccountFigure
  /** The earliest due date among what is payable. */
  readonly nextDueOn: DayView | null
}

/** Facts from which a row's state follows. */
export type StateFacts = {
  readonly totalMinor: bigint
  readonly openMinor: bigint
  readonly onItsWayMinor: bigint
  readonly disputedMinor: bigint
  readonly dueOn: BusinessDate
}

/** The state of an invoice on the day `today` of the supplier's zone; due today is not late. */
export function invoiceState(facts: StateFacts, today: BusinessDate): InvoiceState {
  if (facts.openMinor <= 0n) return 'settled'
  if (facts.disputedMinor > 0n) return 'disputed'
  if (facts.onItsWayMinor > 0n) return 'on-its-way'
  if (daysBetween(facts.dueOn, today) > 0) return 'past-due'
  return facts.openMinor < facts.totalMinor ? 'part-settled' : 'open'
}

/** The due date as people say it on the day `today`: in 3 days, due today, 12 days late. */
export function dueInWords(dueOn: BusinessDate, today: BusinessDate): string {
  const days = daysBetween(today, dueOn)
  if (days === 0) return 'due today'
  if (days === 1) return 'due tomorrow'
  if (days > 1) return `in ${days} days`
  return days === -1 ? '1 day late' : `${-days} days late`
}
