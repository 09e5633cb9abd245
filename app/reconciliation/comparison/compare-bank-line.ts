/** A line of the bank's statement that nothing explains. */
import { addDays, type BusinessDate } from '#app/platform/time.ts'
import type { Difference } from '#app/reconciliation/comparison/difference.ts'

/** A person has so many days to match a line before it is a difference. */
export const BANK_LINE_DAYS = 5

export type OpenBankLine = {
  readonly id: string
  readonly bookedOn: BusinessDate
  readonly amountMinor: bigint
  readonly currency: string
  readonly counterparty: string | null
  readonly reference: string | null
}

/** The last day whose open lines are old enough to be differences. */
export function lastDayToMatch(today: BusinessDate): BusinessDate {
  return addDays(today, -BANK_LINE_DAYS)
}

export function bankLineDifference(line: OpenBankLine): Difference {
  return {
    kind: 'bank-line-unmatched',
    subject: `bank:${line.id}`,
    cause: 'The bank moved money that neither a payment nor a payout explains.',
    customerId: null,
    paymentId: null,
    facts: {
      currency: line.currency,
      bankMinor: line.amountMinor.toString(),
      bookedOn: line.bookedOn,
      counterparty: line.counterparty ?? '',
      reference: line.reference ?? '',
    },
  }
}
