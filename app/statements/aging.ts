/**
 * Aging policy. An open amount is as old as the days between its due date and the day D of the statement, both days
 * of the supplier's calendar: due on D is not due yet. Balances are those at the end of day D. The buckets never
 * overlap and leave no gap, so their sum is the open balance.
 */
import { type BusinessDate, daysBetween } from '#app/platform/time.ts'

/** The buckets in order; `upTo` is the most days late that fall into one, null for the last. */
export const AGING_BUCKETS = [
  { key: 'not-due', name: 'Not due', upTo: 0 },
  { key: '1-30', name: '1–30 days', upTo: 30 },
  { key: '31-60', name: '31–60 days', upTo: 60 },
  { key: '61-90', name: '61–90 days', upTo: 90 },
  { key: '91-120', name: '91–120 days', upTo: 120 },
  { key: 'over-120', name: 'Over 120 days', upTo: null },
] as const

export type AgingBucketKey = (typeof AGING_BUCKETS)[number]['key']

/** One open amount with its due date; disputed and planned money are parts of it. Minor units. */
export type AgingItem = {
  readonly dueOn: BusinessDate
  readonly openMinor: bigint
  readonly disputedMinor: bigint
  readonly onPlanMinor: bigint
}

/** How many items fall into a bucket, and their sums in minor units. */
export type AgingSum = {
  readonly count: number
  readonly openMinor: bigint
  readonly disputedMinor: bigint
  readonly onPlanMinor: bigint
}

export type AgingBucket = AgingSum & { readonly key: AgingBucketKey; readonly name: string }

/** The bucket of an amount that was due on `dueOn`, as of the end of the day `asOf`. */
export function agingBucketOf(dueOn: BusinessDate, asOf: BusinessDate): AgingBucketKey {
  const daysLate = daysBetween(dueOn, asOf)
  const bucket = AGING_BUCKETS.find(({ upTo }) => upTo === null || daysLate <= upTo)
  if (bucket === undefined) throw new Error('the last bucket has no end')
  return bucket.key
}

/** The sum of items. */
export function agingSum(items: readonly AgingItem[]): AgingSum {
  const total = (pick: (item: AgingItem) => bigint): bigint =>
    items.reduce((sum, item) => sum + pick(item), 0n)
  return {
    count: items.length,
    openMinor: total((item) => item.openMinor),
    disputedMinor: total((item) => item.disputedMinor),
    onPlanMinor: total((item) => item.onPlanMinor),
  }
}

/** All buckets, the empty ones too, of items of one currency as of a day; their sums add up to `agingSum(items)`. */
export function ageItems(items: readonly AgingItem[], asOf: BusinessDate): AgingBucket[] {
  const groups = Map.groupBy(items, (item) => agingBucketOf(item.dueOn, asOf))
  return AGING_BUCKETS.map(({ key, name }) => ({ key, name, ...agingSum(groups.get(key) ?? []) }))
}
