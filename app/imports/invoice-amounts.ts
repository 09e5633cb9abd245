/**
 * Tax policy of imports. Tax is computed per rate on the sum of net lines, half up (EN 16931). A total that the file
 * gives wins: what it differs from net + tax, up to one minor unit per rate, goes to rounding; more refuses the row.
 */
import type { ImportedTax } from '#app/imports/imported-invoice.ts'
import { divideHalfUp, taxOn } from '#app/money/rounding.ts'

/** Minor units that the file states for the invoice as a whole. */
export type StatedAmounts = {
  net?: bigint | undefined
  tax?: bigint | undefined
  total?: bigint | undefined
  taxRateBps?: number | undefined
}

export type InvoiceAmounts = {
  netMinor: bigint
  taxMinor: bigint
  roundingMinor: bigint
  totalMinor: bigint
  taxes: ImportedTax[]
}

type Disagreement = { ok: false; stated: 'net' | 'tax' | 'total'; statedMinor: bigint; computedMinor: bigint }

/** Amounts of an invoice from its lines' net amounts and rates, checked against what the file states. */
export function amountsOfLines(
  lines: readonly { netMinor: bigint; taxRateBps: number }[],
  stated: StatedAmounts,
): ({ ok: true } & InvoiceAmounts) | Disagreement {
  const netByRate = new Map<number, bigint>()
  for (const { netMinor, taxRateBps } of lines)
    netByRate.set(taxRateBps, (netByRate.get(taxRateBps) ?? 0n) + netMinor)
  const taxes = [...netByRate]
    .sort(([a], [b]) => a - b)
    .map(([taxRateBps, net]) => ({ taxRateBps, net, tax: taxOn(net, taxRateBps) }))
  const net = taxes.reduce((total, each) => total + each.net, 0n)
  const tax = taxes.reduce((total, each) => total + each.tax, 0n)
  const total = stated.total ?? net + (stated.tax ?? tax)
  const tolerance = BigInt(taxes.length)
  const computed = { net, tax, total: net + tax }
  for (const which of ['net', 'tax', 'total'] as const) {
    const statedMinor = which === 'total' ? total : stated[which]
    if (statedMinor !== undefined && distance(statedMinor, computed[which]) > tolerance)
      return { ok: false, stated: which, statedMinor, computedMinor: computed[which] }
  }
  return {
    ok: true,
    netMinor: net,
    taxMinor: tax,
    roundingMinor: total - net - tax,
    totalMinor: total,
    taxes: taxes.map((each) => ({
      taxRateBps: each.taxRateBps,
      netMinor: each.net.toString(),
      taxMinor: each.tax.toString(),
    })),
  }
}

/** Amounts of an invoice without lines: from its total, and net, tax or tax rate where the file states them. */
export function amountsOfTotal(
  total: bigint,
  stated: Omit<StatedAmounts, 'total'>,
): ({ ok: true; taxRateBps: number } & InvoiceAmounts) | Disagreement {
  const net = stated.net ?? netOf(total, stated)
  const tax = stated.tax ?? (stated.taxRateBps === undefined ? total - net : taxOn(net, stated.taxRateBps))
  if (distance(total, net + tax) > 1n)
    return { ok: false, stated: 'total', statedMinor: total, computedMinor: net + tax }
  const taxRateBps = stated.taxRateBps ?? rateOf(net, tax)
  const isImpossible = taxRateBps < 0 || taxRateBps > 10_000
  if (isImpossible || (stated.taxRateBps !== undefined && distance(tax, taxOn(net, taxRateBps)) > 1n))
    return { ok: false, stated: 'tax', statedMinor: tax, computedMinor: taxOn(net, stated.taxRateBps ?? 0) }
  return {
    ok: true,
    taxRateBps,
    netMinor: net,
    taxMinor: tax,
    roundingMinor: total - net - tax,
    totalMinor: total,
    taxes: [{ taxRateBps, netMinor: net.toString(), taxMinor: tax.toString() }],
  }
}

function netOf(total: bigint, stated: Omit<StatedAmounts, 'total'>): bigint {
  if (stated.tax !== undefined) return total - stated.tax
  if (stated.taxRateBps === undefined) return total
  return divideHalfUp(total * 10_000n, 10_000n + BigInt(stated.taxRateBps))
}

function rateOf(net: bigint, tax: bigint): number {
  if (tax === 0n) return 0
  return net > 0n ? Number(divideHalfUp(tax * 10_000n, net)) : -1
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b)
