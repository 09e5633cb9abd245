/** What is merely young: a side may lag behind the other for so long before it is a difference. */
import { addDays, businessDateIn } from '#app/platform/time.ts'
import type { Group, Judging } from '#app/reconciliation/comparison/group.ts'

const HOUR_MS = 3_600_000
/** A card's money is booked within seconds on both sides; two hours leave room for retries. */
const CARD_HOURS = 2
/** A bank debit or its refund may be under way for a week without a day that was told. */
const BANK_DAYS = 7
/** Days that a day told by the processor may be missed by, weekends among them. */
export const EXPECTED_SLACK_DAYS = 3
/**
 * The days of the two sides may lie so far apart: a card around midnight, a bank debit between its start and its end, which are four
 * banking days, a long weekend at either side of them, and an evening.
 */
export const DATE_TOLERANCE = { card: 1, bank: 10 }

/** Whether the money of a group goes by bank debit. */
export function isBankDebit({ movements, payments }: Group): boolean {
  return (
    movements.some(({ kind, type }) => kind !== 'reserve' && type.startsWith('payment')) ||
    payments.some(({ expectedOn }) => expectedOn !== null)
  )
}

/** Whether the newest that happened to a group is too young for its other side to have followed. */
export function isInFlight(group: Group, { now, timeZone }: Judging): boolean {
  const times = [
    ...group.movements.map(({ createdAt }) => createdAt.getTime()),
    ...group.entries.map(({ recordedAt }) => recordedAt.getTime()),
  ]
  const ageMs = now.getTime() - Math.max(...times)
  if (ageMs < CARD_HOURS * HOUR_MS) return true
  // A bank debit is waited for; once both sides have it, they have to agree.
  if (!isBankDebit(group) || (group.movements.length > 0 && group.entries.length > 0)) return false
  const today = businessDateIn(timeZone, now)
  const isExpected = group.payments.some(
    ({ expectedOn }) => expectedOn !== null && today <= addDays(expectedOn, EXPECTED_SLACK_DAYS),
  )
  return isExpected || ageMs < BANK_DAYS * 24 * HOUR_MS
}
