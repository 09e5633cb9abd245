/** More amounts than this are not tried together. */
const MOST_AMOUNTS = 25
/** A sum of more invoices than this proves little. */
const MOST_TOGETHER = 8
const MOST_STEPS = 50_000

/**
 * Places of amounts (all above zero) that sum to exactly `target`, at least two, or null. The first of them in a row are tried
 * before any others: who pays several invoices pays the oldest. The search is bounded, so null may also mean not found in time.
 */
export function findSubset(amounts: readonly bigint[], target: bigint): number[] | null {
  const row = prefixOf(amounts, target)
  if (row !== null) return row
  const order = amounts
    .slice(0, MOST_AMOUNTS)
    .map((amount, index) => ({ amount, index }))
    .toSorted((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : a.index - b.index))
  const left = order.map((_each, index) => order.slice(index).reduce((sum, { amount }) => sum + amount, 0n))
  let steps = 0
  const search = (from: number, rest: bigint, taken: readonly number[]): number[] | null => {
    if (rest === 0n) return taken.length > 1 ? taken.toSorted((a, b) => a - b) : null
    if (taken.length === MOST_TOGETHER) return null
    for (let at = from; at < order.length; at += 1) {
      steps += 1
      const each = order[at]
      if (steps > MOST_STEPS || each === undefined || (left[at] ?? 0n) < rest) return null
      if (each.amount > rest) continue
      const found = search(at + 1, rest - each.amount, [...taken, each.index])
      if (found !== null) return found
    }
    return null
  }
  return search(0, target, [])
}

function prefixOf(amounts: readonly bigint[], target: bigint): number[] | null {
  let sum = 0n
  for (const [index, amount] of amounts.entries()) {
    sum += amount
    if (sum === target) return index > 0 ? amounts.slice(0, index + 1).map((_each, place) => place) : null
    if (sum > target) return null
  }
  return null
}
