import type { DayView, InvoiceRow } from '#app/invoices/invoice-view.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

/** One line of the printed invoice. Quantity and unit price are decimals without trailing zeros. */
export type InvoiceLineView = {
  readonly position: number
  readonly description: string
  readonly quantity: string
  readonly unit: string | null
  readonly unitPrice: string
  readonly net: AmountView
  /** "8.25 %" */
  readonly taxRate: string
}

/** Tax of one rate on the sum of the net lines. */
export type InvoiceTaxView = { readonly rate: string; readonly net: AmountView; readonly tax: AmountView }

/** What the printed document said at one time. */
export type InvoiceVersionView = {
  readonly version: number
  readonly recordedAt: string
  readonly poNumber: string | null
  readonly note: string | null
  /** Currency and dates as this version printed them. */
  readonly currency: string
  readonly issuedOn: DayView
  readonly dueOn: DayView
  readonly net: AmountView
  readonly tax: AmountView
  readonly rounding: AmountView
  readonly total: AmountView
  readonly lines: readonly InvoiceLineView[]
  readonly taxes: readonly InvoiceTaxView[]
}

/** Money that came off the invoice, or went back on it (a negative amount). */
export type AllocationView = {
  readonly id: string
  readonly on: DayView
  readonly amount: AmountView
  readonly isReversal: boolean
  readonly source:
    | { readonly kind: 'payment'; readonly id: string; readonly number: string; readonly method: string }
    | { readonly kind: 'credit-memo'; readonly id: string; readonly number: string }
    | { readonly kind: 'adjustment'; readonly adjustment: 'discount' | 'write_off' | 'tolerance' }
}

/** Money of the open amount that is spoken for; never shown as paid. */
export type HoldView = {
  readonly kind: 'reserved' | 'processing' | 'disputed' | 'escrow' | 'protest'
  readonly amount: AmountView
  readonly since: string
  readonly payment: { readonly id: string; readonly number: string; readonly state: string } | null
  /** When money on its way should arrive; null when nobody can say. */
  readonly expectedOn: DayView | null
}

export type DisputeView = {
  readonly id: string
  readonly reason: string
  readonly amount: AmountView
  readonly openedOn: DayView
  readonly closedOn: DayView | null
  readonly outcome: string | null
}

/** queued: waits for its batch; sent: broadcast; recorded: in a block; final: cannot be undone any more. */
export type ChainMark = 'queued' | 'sent' | 'recorded' | 'final'

/** One business fact about the invoice on the shared ledger, oldest first. */
export type LedgerEventView = {
  readonly id: string
  readonly sequence: number
  readonly type: string
  /** What happened, in plain words: "Payment P-1042 applied". */
  readonly what: string
  readonly occurredOn: DayView
  readonly recordedAt: string
  readonly amount: AmountView | null
  readonly openAfter: AmountView | null
  readonly certainty: string
  readonly chain: ChainMark
  readonly transactionHash: string | null
  readonly relatesTo: { readonly kind: 'payment' | 'credit-memo' | 'dispute'; readonly id: string } | null
}

/** Everything that an invoice page shows. The last version is the current document. */
export type InvoiceDetail = {
  readonly invoice: InvoiceRow
  readonly current: InvoiceVersionView
  readonly versions: readonly InvoiceVersionView[]
  readonly settled: AmountView
  readonly allocations: readonly AllocationView[]
  readonly holds: readonly HoldView[]
  readonly disputes: readonly DisputeView[]
  readonly events: readonly LedgerEventView[]
}

/** Business days a bank debit needs at most until it clears (Stripe, ACH). */
const BANK_DEBIT_DAYS = 4

/** The day by which money on its way should be there: a card at once, a bank debit within four business days. */
export function expectedDate(method: string, startedOn: BusinessDate): BusinessDate | null {
  if (method === 'card' || method === 'link') return startedOn
  return method === 'us_bank_account' ? addBusinessDays(startedOn, BANK_DEBIT_DAYS) : null
}

/** The date `days` weekdays later. Bank holidays are not known here. */
function addBusinessDays(date: BusinessDate, days: number): BusinessDate {
  let at = date
  for (let left = days; left > 0; ) {
    at = addDays(at, 1)
    const weekday = new Date(`${at}T00:00:00Z`).getUTCDay()
    if (weekday !== 0 && weekday !== 6) left -= 1
  }
  return at
}

/** A rate in basis points as people write it: 825 is 8.25 %. */
export function rateText(bps: number): string {
  return `${bps / 100}\u00a0%`
}

const SENTENCES: Readonly<Record<string, (number: string) => string>> = {
  'invoice.issued': () => 'Invoice issued',
  'invoice.corrected': () => 'Invoice corrected and issued again',
  'invoice.cancelled': () => 'Invoice cancelled',
  'credit.issued': (number) => `Credit ${number} issued`,
  'credit.applied': (number) => `Credit ${number} applied`,
  'payment.applied': (number) => `Payment ${number} applied`,
  'payment.reversed': (number) => `Payment ${number} taken back`,
  writeoff: () => 'A part was written off',
  'dispute.opened': () => 'Dispute opened',
  'dispute.resolved': () => 'Dispute closed',
}

/** A ledger event in plain words; `number` names the payment or credit that it is about, if any. */
export function eventSentence(type: string, number: string | null): string {
  const sentence = SENTENCES[type]
  return sentence ? sentence(number ?? '').replace(/ {2,}/g, ' ') : type
}
