import { isNegative, type Money } from '#app/money/money.ts'

/**
 * Splits an amount in proportion to weights. Every share is rounded down and the odd minor units go one each to the
 * largest remainders, the earlier share first when remainders are equal; so the shares always sum to the whole.
 * Throws for a negative amount, a negative weight, or weights that are all zero.
 */
export function split(amount: Money, weights: readonly bigint[]): Money[] {
  const weightSum = weights.reduce((total, weight) => total + weight, 0n)
  if (isNegative(amount) || weightSum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new Error('A split needs an amount of at least zero and weights that are not all zero')
  }
  const shares = weights.map((weight, index) => ({
    index,
    minor: (amount.minor * weight) / weightSum,
    remainder: (amount.minor * weight) % weightSum,
  }))
  let odd = amount.minor - shares.reduce((total, share) => total + share.minor, 0n)
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  for (const share of byRemainder) {
    if (odd === 0n) break
    share.minor += 1n
    odd -= 1n
  }
  return shares.map((share) => ({ minor: share.minor, currency: amount.currency }))
}

/** Splits an amount into equal parts; the first parts take the odd minor units. */
export function splitEvenly(amount: Money, parts: number): Money[] {
  return split(amount, new Array<bigint>(parts).fill(1n))
}
