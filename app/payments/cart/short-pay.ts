/**
 * Paying less than is payable. Within the tolerance the rest is given up; beyond it the supplier may refuse part payments, set a
 * least amount, or ask for a reason. Who disagrees with the rest disputes it in the same step, so that nobody asks for it.
 */
import type { RefusalCode } from '#app/books/refusals.ts'

/** What a payer may say about the rest, in the order shown. */
export const SHORT_REASONS = [
  { code: 'later', words: 'I will pay the rest later' },
  { code: 'agreed', words: 'We agreed on a lower amount' },
  { code: 'paid', words: 'I have paid the rest another way' },
  { code: 'disagree', words: 'I disagree with the rest' },
] as const

export type ShortReason = (typeof SHORT_REASONS)[number]['code']

/** The reason that opens a dispute over the rest. */
export const DISAGREE = 'disagree' satisfies ShortReason

/** What stands in a payment's item in place of a reason when the rest is within the tolerance. */
export const TOLERANCE_MARK = 'tolerance'

/** The reason that a text names, or null. */
export function findShortReason(text: string): ShortReason | null {
  return SHORT_REASONS.find(({ code }) => code === text)?.code ?? null
}

export type ShortPayPolicy = {
  readonly allowPartial: boolean
  readonly minPartialMinor: bigint
  readonly toleranceMinor: bigint
  readonly shortNeedsReason: boolean
}

export type ShortPay = 'whole' | 'tolerance' | 'short'

/** What an amount is that leaves `restMinor` of an invoice, or why it is refused. */
export function judgeShortPay(
  policy: ShortPayPolicy,
  { amountMinor, restMinor, reason }: { amountMinor: bigint; restMinor: bigint; reason: ShortReason | null },
): { readonly ok: true; readonly kind: ShortPay } | { readonly ok: false; readonly code: RefusalCode } {
  if (restMinor <= 0n) return { ok: true, kind: 'whole' }
  if (restMinor <= policy.toleranceMinor) return { ok: true, kind: 'tolerance' }
  if (!policy.allowPartial) return { ok: false, code: 'PART_NOT_ALLOWED' }
  if (amountMinor < policy.minPartialMinor) return { ok: false, code: 'PART_TOO_SMALL' }
  if (policy.shortNeedsReason && reason === null) return { ok: false, code: 'SHORT_NEEDS_REASON' }
  return { ok: true, kind: 'short' }
}
