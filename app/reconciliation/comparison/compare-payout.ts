/** The comparison of a payout: its movements, our booking of it, and the bank's line. */
import { addDays, type BusinessDate, formatBusinessDate } from '#app/platform/time.ts'
import type { Difference } from '#app/reconciliation/comparison/difference.ts'
import { EXPECTED_SLACK_DAYS } from '#app/reconciliation/comparison/in-flight.ts'

export type PayoutFacts = {
  readonly id: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly status: string
  readonly arrivalDate: BusinessDate
  /** Whether the processor has said which movements are in it. */
  readonly isItemised: boolean
  /** Sum of the nets of those movements, its own left out. */
  readonly itemsMinor: bigint
  /** How many of those movements were rounded to our minor unit, each by less than one. */
  readonly roundedItems: bigint
  /** What its journals brought to the bank account, a failure taken off. */
  readonly bookedMinor: bigint
  /** Sum of the bank's lines that are matched to it. */
  readonly bankMinor: bigint
  /** Whether a statement of the bank was brought in that covers its day and the slack after it. */
  readonly isOnStatement: boolean
}

/** What differs about a payout, the gravest cause alone; null when nothing does. */
export function comparePayout(payout: PayoutFacts, today: BusinessDate): Difference | null {
  const cause = causeOf(payout, today)
  if (cause === null) return null
  return {
    kind: 'payout-unmatched',
    subject: payout.id,
    cause,
    customerId: null,
    paymentId: null,
    facts: {
      currency: payout.currency,
      payoutMinor: payout.amountMinor.toString(),
      itemsMinor: payout.isItemised ? payout.itemsMinor.toString() : 'not told',
      booksMinor: payout.bookedMinor.toString(),
      bankMinor: payout.bankMinor.toString(),
      status: payout.status,
      arrivalDate: payout.arrivalDate,
    },
  }
}

function causeOf(payout: PayoutFacts, today: BusinessDate): string | null {
  const { amountMinor, bookedMinor, bankMinor } = payout
  const isPaid = payout.status === 'paid'
  if (payout.isItemised && !isSum(payout)) return 'The movements in this payout do not sum to it.'
  if (isPaid && bookedMinor !== amountMinor) return 'This payout was paid, and is not booked at the bank.'
  if (!isPaid && bookedMinor !== 0n) return 'This payout is booked at the bank, and was not paid.'
  const isUnderWay = payout.status === 'pending' || payout.status === 'in_transit'
  const isLate = addDays(payout.arrivalDate, EXPECTED_SLACK_DAYS) < today
  if (isUnderWay && isLate)
    return `This payout was to arrive by ${formatBusinessDate(payout.arrivalDate)}, and has not been paid.`
  if (payout.isOnStatement && bankMinor !== bookedMinor)
    return 'The bank’s statement of that day has no line that matches this payout.'
  return null
}

/** Movements that were rounded may miss the payout by a unit each. */
function isSum({ itemsMinor, amountMinor, roundedItems }: PayoutFacts): boolean {
  const rest = itemsMinor - amountMinor
  return (rest < 0n ? -rest : rest) <= roundedItems
}
