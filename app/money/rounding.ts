/**
 * Rounding policy. Tax and invoice amounts round half up (away from zero for negative ones), once per tax rate on the
 * sum of net lines, as EN 16931 computes VAT (BT-117 from BT-116 and BT-119). Differences go to the rounding account.
 */

/** numerator / denominator, rounded half up; the denominator must be above zero. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new Error('The denominator must be above zero')
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n)
  return numerator < 0n ? -rounded : rounded
}

/** Tax in minor units on a net sum in minor units, for a rate in basis points (825 = 8.25 %). */
export function taxOn(netMinor: bigint, rateBps: number): bigint {
  return divideHalfUp(netMinor * BigInt(rateBps), 10_000n)
}
