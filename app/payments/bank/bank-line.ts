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
