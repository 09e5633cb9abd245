/** What pages and reports show of comparisons. */
import type { PaymentId } from '#app/books/ids.ts'
import type { BusinessDate } from '#app/platform/time.ts'
import type { PayoutFacts } from '#app/reconciliation/comparison/compare-payout.ts'
import type { DifferenceKind, DifferenceOwner } from '#app/reconciliation/comparison/difference.ts'
import type { RunCounts } from '#app/reconciliation/runs/run-counts.ts'

export type RunView = {
  readonly id: string
  readonly from: BusinessDate
  readonly to: BusinessDate
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly counts: RunCounts
  readonly differences: number
  readonly failure: string | null
}

export type OpenDifference = {
  readonly id: string
  readonly kind: DifferenceKind
  readonly owner: DifferenceOwner
  readonly subject: string
  readonly title: string
  readonly cause: string
  readonly next: string
  readonly paymentId: PaymentId | null
  /** Amounts and references as they were noted. */
  readonly facts: Readonly<Record<string, string>>
  readonly openedAt: Date
}

/** Movements of one type in a payout. */
export type PayoutPart = { readonly type: string; readonly count: number; readonly netMinor: bigint }

export type PayoutView = PayoutFacts & {
  readonly parts: readonly PayoutPart[]
  /** Days of the bank's lines that are matched to it. */
  readonly bankDays: readonly BusinessDate[]
}
