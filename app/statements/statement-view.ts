import type { DayView } from '#app/invoices/invoice-view.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import type { AgingBucketKey } from '#app/statements/aging.ts'

/** What an entry of an account is. */
export type EntryKind =
  | 'invoice'
  | 'fee'
  | 'credit'
  | 'payment'
  | 'withdrawal'
  | 'correction'
  | 'refund'
  | 'bank-return'
  | 'discount'
  | 'write-off'
  | 'chargeback'
  | 'other'

/** One entry of an activity statement. Exactly one of debit and credit is set. */
export type StatementEntry = {
  /** The journal's id: stable, for keys. */
  readonly key: string
  readonly on: DayView
  readonly kind: EntryKind
  /** "Invoice 1042", "Payment P-17 · card" */
  readonly what: string
  readonly number: string
  readonly note: string | null
  readonly opens: { readonly kind: 'invoice' | 'payment' | 'credit-memo'; readonly id: string } | null
  readonly debit: AmountView | null
  readonly credit: AmountView | null
  readonly balance: AmountView
}

/** What happened on an account in one currency: opening + Σ rows = closing. Above zero is owed to the supplier. */
export type ActivityStatement = {
  readonly currency: string
  readonly from: DayView
  readonly to: DayView
  /** Only what the books held at this instant counts; ISO 8601, UTC. */
  readonly knownAt: string
  readonly opening: AmountView
  readonly closing: AmountView
  readonly totalDebit: AmountView
  readonly totalCredit: AmountView
  readonly rows: readonly StatementEntry[]
}

/** One open invoice at the end of a day. */
export type OpenItem = {
  readonly invoiceId: string
  readonly number: string
  readonly kind: 'invoice' | 'fee'
  readonly poNumber: string | null
  readonly issuedOn: DayView
  readonly dueOn: DayView
  /** Days after the due date on the day of the statement; 0 when not late. */
  readonly daysLate: number
  readonly bucket: AgingBucketKey
  readonly total: AmountView
  readonly open: AmountView
  readonly disputed: AmountView
  readonly onPlan: AmountView
  readonly customer: { readonly id: string; readonly number: string; readonly name: string }
}

export type AgingSumView = {
  readonly count: number
  readonly open: AmountView
  readonly disputed: AmountView
  readonly onPlan: AmountView
}

/** Aging of one currency: the buckets in order, and their sum, which is the open balance. */
export type AgingReport = {
  readonly currency: string
  readonly asOf: DayView
  readonly knownAt: string
  readonly buckets: readonly (AgingSumView & { readonly key: AgingBucketKey; readonly name: string })[]
  readonly total: AgingSumView
}

/** What a customer owed, invoice by invoice, at the end of a day, in one currency. */
export type OpenItemStatement = AgingReport & {
  readonly items: readonly OpenItem[]
  /** Credit that was not applied to any invoice on that day. */
  readonly unappliedCredit: AmountView
  /** Open amounts less unapplied credit: the balance of the account. */
  readonly balance: AmountView
}

/** One customer's line of the aging report for all. */
export type CustomerAging = AgingReport & {
  readonly customer: { readonly id: string; readonly number: string; readonly name: string }
}
