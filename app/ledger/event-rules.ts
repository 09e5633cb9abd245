import type { CanonicalEvent } from './canonical.ts'

/**
 * What the events of one subject must add up to. A commitment cannot enforce this on chain, so whoever opens events does:
 * no open amount below zero, no invoice that opens again without a reversal, no amount that the events do not explain.
 * Where an event in between is not opened, the sum is not decided there. Specified in docs/ledger-format.md.
 */
export type BrokenRule = {
  sequence: number
  code:
    | 'money_malformed'
    | 'open_amount_negative'
    | 'not_the_first'
    | 'open_amount_wrong'
    | 'reversed_more_than_applied'
  sentence: string
}

/** The rules that a subject's opened events break, in order. `events` ascend by sequence. */
export function brokenRules(events: readonly CanonicalEvent[]): BrokenRule[] {
  const broken: BrokenRule[] = []
  const report = (event: CanonicalEvent, code: BrokenRule['code'], sentence: string): void => {
    broken.push({ sequence: event.sequence, code, sentence })
  }
  for (const [index, event] of events.entries()) {
    const before = events[index - 1]
    if (!isMoneyWellFormed(event))
      report(
        event,
        'money_malformed',
        'Amount, currency and open amount of this entry do not belong together.',
      )
    if (event.openAfter !== null && BigInt(event.openAfter) < 0n)
      report(event, 'open_amount_negative', 'After this entry less than nothing would be open.')
    if (event.subjectKind !== 'invoice') continue
    if ((event.type === 'invoice.issued') !== (event.sequence === 1))
      report(event, 'not_the_first', 'An invoice is issued once, by its first entry.')
    const expected = expectedOpen(event, before, events)
    if (expected !== null && event.openAfter !== expected.toString())
      report(
        event,
        'open_amount_wrong',
        `The entries before leave ${expected} minor units open here, the entry says ${event.openAfter}.`,
      )
  }
  return [...broken, ...excessReversals(events)]
}

function isMoneyWellFormed(event: CanonicalEvent): boolean {
  if ((event.amount === null) !== (event.currency === null)) return false
  if (event.amount !== null && BigInt(event.amount) < 0n) return false
  return event.subjectKind !== 'invoice' || event.openAfter !== null
}

/** What must be open on an invoice after `event`; null where the opened entries do not decide it. */
function expectedOpen(
  event: CanonicalEvent,
  before: CanonicalEvent | undefined,
  events: readonly CanonicalEvent[],
): bigint | null {
  if (event.type === 'invoice.issued') return event.amount === null ? null : BigInt(event.amount)
  if (event.type === 'invoice.cancelled') return 0n
  if (before === undefined || before.sequence !== event.sequence - 1 || before.openAfter === null) return null
  const open = BigInt(before.openAfter)
  const amount = BigInt(event.amount ?? '0')
  switch (event.type) {
    case 'payment.applied':
    case 'credit.applied':
    case 'writeoff':
      return open - amount
    case 'payment.reversed':
      return open + amount
    case 'invoice.corrected': {
      const total = lastTotal(event, events)
      return total === null ? null : open + amount - total
    }
    default:
      return open
  }
}

/** The invoice's total before a correction; null when an entry that could have changed it is not opened. */
function lastTotal(correction: CanonicalEvent, events: readonly CanonicalEvent[]): bigint | null {
  const earlier = events.filter((event) => event.sequence < correction.sequence)
  let next = correction.sequence
  for (const event of earlier.toReversed()) {
    if (event.sequence !== next - 1) return null
    if (event.type === 'invoice.issued' || event.type === 'invoice.corrected')
      return event.amount === null ? null : BigInt(event.amount)
    next = event.sequence
  }
  return null
}

/** Reversals that exceed what the same payment, or its discount, was applied with, among entries opened from the first one on. */
function excessReversals(events: readonly CanonicalEvent[]): BrokenRule[] {
  const broken: BrokenRule[] = []
  const standing = new Map<string, bigint>()
  for (const [index, event] of events.entries()) {
    if (event.subjectKind !== 'invoice' || event.sequence !== index + 1) break
    if (event.relatesTo === null || event.amount === null) continue
    const before = standing.get(event.relatesTo) ?? 0n
    if (event.type === 'payment.applied' || event.type === 'credit.applied')
      standing.set(event.relatesTo, before + BigInt(event.amount))
    if (event.type !== 'payment.reversed') continue
    const after = before - BigInt(event.amount)
    standing.set(event.relatesTo, after)
    if (after < 0n)
      broken.push({
        sequence: event.sequence,
        code: 'reversed_more_than_applied',
        sentence: 'More of this payment is taken back than was ever applied.',
      })
  }
  return broken
}
