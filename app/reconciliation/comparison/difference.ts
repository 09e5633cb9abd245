/** What a comparison of books, processor, bank and chain can find, and whose work each of it is. */

export const DIFFERENCE_KINDS = [
  'missing-in-books',
  'extra-in-books',
  'amount-differs',
  'fee-differs',
  'currency-differs',
  'date-differs',
  'status-differs',
  'duplicate',
  'wrong-customer',
  'payout-unmatched',
  'bank-line-unmatched',
  'chain-differs',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** Accounts receivable, those who close the books, or those who run the system. */
export type DifferenceOwner = 'ar' | 'finance' | 'operations'

/** Who looks into a kind first. */
export const OWNER_OF: Readonly<Record<DifferenceKind, DifferenceOwner>> = {
  'missing-in-books': 'ar',
  'extra-in-books': 'finance',
  'amount-differs': 'finance',
  'fee-differs': 'finance',
  'currency-differs': 'finance',
  'date-differs': 'finance',
  'status-differs': 'ar',
  duplicate: 'ar',
  'wrong-customer': 'ar',
  'payout-unmatched': 'finance',
  'bank-line-unmatched': 'finance',
  'chain-differs': 'operations',
}

export type Difference = {
  readonly kind: DifferenceKind
  /** What it is about: a charge, refund, dispute or payout at the processor, a journal, a bank line, a stream. */
  readonly subject: string
  /** One sentence on what differs here. */
  readonly cause: string
  readonly customerId: string | null
  readonly paymentId: string | null
  /** Amounts as minor units in text, days, states and references; never anything that changes by waiting. */
  readonly facts: Readonly<Record<string, string>>
}

const PREFIX = 'reconcile.'

/** The kind as cases carry it. */
export function caseKindOf(kind: DifferenceKind): string {
  return `${PREFIX}${kind}`
}

/** The kind that a case carries, or null when the case is no difference. */
export function differenceKindOf(caseKind: string): DifferenceKind | null {
  return DIFFERENCE_KINDS.find((kind) => caseKindOf(kind) === caseKind) ?? null
}
