/** Parts of invoices that the supplier gives up, each for a reason out of a short list; above a limit, two people agree. */
import type { Money } from '#app/money/money.ts'
import type { RequestState } from '#app/payments/credits/credit-request.ts'

export const WRITE_OFF_REASONS = [
  'small_balance',
  'bad_debt',
  'short_payment',
  'bank_fees',
  'goodwill',
] as const
export type WriteOffReason = (typeof WRITE_OFF_REASONS)[number]

const REASON_WORDS: Readonly<Record<WriteOffReason, string>> = {
  small_balance: 'Too small to ask for',
  bad_debt: 'The customer cannot pay',
  short_payment: 'Short payment that is accepted',
  bank_fees: 'Fees that banks kept',
  goodwill: 'Goodwill',
}

/** The reasons as a form offers them. */
export const WRITE_OFF_OPTIONS = WRITE_OFF_REASONS.map((reason) => [reason, REASON_WORDS[reason]] as const)

/** The words for a stored reason; one that is no longer offered is shown as it is. */
export function writeOffReasonWords(reason: string): string {
  return WRITE_OFF_OPTIONS.find(([known]) => known === reason)?.[1] ?? reason
}

export type WriteOffView = {
  readonly id: string
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly customerName: string
  readonly amount: Money
  readonly payable: Money
  readonly reason: string
  readonly state: RequestState
  readonly requestedBy: string
  /** The name of whoever asked; their id when they were erased. */
  readonly requestedByName: string
  readonly note: string | null
  readonly createdAt: Date
}
