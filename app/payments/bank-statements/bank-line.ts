/** A movement on the supplier's bank account, and what it was said to be. */
import type { BankLineId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export const LINE_STATES = ['open', 'matched', 'ignored'] as const
export type LineState = (typeof LINE_STATES)[number]

export type BankLine = {
  readonly id: BankLineId
  readonly statementId: string
  readonly accountLast4: string | null
  readonly bookedOn: BusinessDate
  readonly valueOn: BusinessDate | null
  readonly amount: Money
  readonly counterparty: string | null
  readonly reference: string | null
  readonly description: string | null
  readonly state: LineState
  readonly matchedKind: string | null
  readonly matchedId: string | null
  readonly note: string | null
}

/** What a list of movements shows; all of them without. */
export type LineFilter = {
  readonly state: LineState | null
  readonly direction: 'in' | 'out' | null
  readonly statementId: string | null
  readonly text: string | null
}

/** A payment that a movement became. */
export type LinePayment = {
  readonly id: string
  readonly number: string
  readonly customerName: string
  readonly amount: Money
  readonly isTakenBack: boolean
}

/** An imported statement with how many movements it brought, and how many of them are still open. */
export type StatementSummary = {
  readonly id: string
  readonly fileName: string
  readonly format: string
  readonly accountLast4: string | null
  readonly fromOn: string | null
  readonly toOn: string | null
  readonly closing: Money | null
  readonly lines: number
  readonly open: number
  readonly createdAt: Date
}
