import type { CanonicalEvent } from './canonical.ts'
import type { SubjectKind } from './event.ts'
import type { BrokenRule } from './event-rules.ts'
import type { ChainReadCode } from './stream.ts'

/** What a check found out about a disclosure, entry by entry. */
export type CheckResult = {
  outcome: Outcome
  /** The outcome in one sentence. */
  summary: string
  /** Why nothing could be compared with a ledger; null when it was compared. */
  unanchored: { code: 'no_ledger_given' | ChainReadCode; sentence: string } | null
  /** Where the ledger was read; one for each stream, oldest stream first. */
  readAt: { stream: string; blockNumber: string; blockHash: string; count: number; isProven: boolean }[]
  subjects: SubjectResult[]
}

/**
 * `verified`: every entry stands on the ledger. `contradicted`: at least one is false. `unanchored`: nothing is false, but
 * at least one entry is not shown to stand on the ledger.
 */
export type Outcome = 'verified' | 'contradicted' | 'unanchored'

export type SubjectResult = {
  kind: SubjectKind
  id: string
  subjectKey: string
  entries: EntryResult[]
  /** Entries of this subject on the ledger that the file does not open. */
  unopened: UnopenedEntry[]
}

export type EntryResult = {
  event: CanonicalEvent
  /** The text that the event names by hash, where the file opens it. */
  text: string | null
  /** `consistent`: fits its own salts and rules, compared with no ledger. `absent`: the ledger does not hold it. */
  status: 'verified' | 'contradicted' | 'absent' | 'consistent'
  findings: Finding[]
  /** Where it stands; null unless verified. */
  anchor: { blockNumber: string; blocksOnTop: string; transactionHash: string } | null
  /** Sequence of the opened entry that took this payment back, wholly or in part; null when none did. */
  reversedBy: number | null
}

export type Finding = {
  code:
    | BrokenRule['code']
    | 'wrong_subject'
    | 'text_differs'
    | 'other_entry'
    | 'wrong_place'
    | 'other_subject'
    | 'other_writer'
    | 'unknown_subject'
    | 'not_recorded'
  sentence: string
}

export type UnopenedEntry = {
  sequence: number
  /** Whether it comes after everything that the file opens of this subject. */
  isLater: boolean
  commitment: string
  blockNumber: string
  transactionHash: string
}

/** Everything that is known of a subject in the order of its events, opened or not. */
export function inOrder(subject: SubjectResult): (EntryResult | UnopenedEntry)[] {
  const sequenceOf = (entry: EntryResult | UnopenedEntry): number =>
    'event' in entry ? entry.event.sequence : entry.sequence
  return [...subject.entries, ...subject.unopened].toSorted((a, b) => sequenceOf(a) - sequenceOf(b))
}
