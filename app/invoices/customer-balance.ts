import type { Money } from '#app/money/money.ts'

export type CustomerBalance = { readonly open: Money; readonly pastDue: Money; readonly unapplied: Money }

export type CustomerLine = {
  readonly id: string
  readonly number: string
  readonly name: string
  /** One per currency in which anything is open or unapplied. */
  readonly balances: readonly CustomerBalance[]
  readonly lastPaidOn: string | null
}

export type CustomerPage = { readonly customers: readonly CustomerLine[]; readonly next: string | null }

/** What all customers owe together in one currency, and how many invoices that is. */
export type Receivables = {
  readonly open: Money
  readonly pastDue: Money
  readonly openCount: number
  readonly pastDueCount: number
}
