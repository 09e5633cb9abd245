import canonicalize from 'canonicalize'
import type { Certainty, EVENT_VERSION, EventType, LedgerEvent, SubjectKind } from './event.ts'

/**
 * The form of an event that is hashed: a JSON object with exactly these members, all of them always present, in the
 * serialisation of RFC 8785. Specified in docs/ledger-format.md.
 */
export type CanonicalEvent = {
  /** Decimal integer of minor units, such as "124050". */
  amount: string | null
  certainty: Certainty
  currency: string | null
  id: string
  occurredOn: string
  openAfter: string | null
  /** UTC with milliseconds, such as "2026-11-20T10:11:12.345Z". */
  recordedAt: string
  relatesTo: string | null
  sequence: number
  subjectId: string
  subjectKind: SubjectKind
  textHash: string | null
  type: EventType
  version: typeof EVENT_VERSION
}

/** The canonical form of an event of the books. */
export function canonicalEvent(event: LedgerEvent): CanonicalEvent {
  return {
    amount: event.amountMinor?.toString() ?? null,
    certainty: event.certainty,
    currency: event.currency,
    id: event.id,
    occurredOn: event.occurredOn,
    openAfter: event.openAfterMinor?.toString() ?? null,
    recordedAt: event.recordedAt.toISOString(),
    relatesTo: event.relatesTo,
    sequence: event.sequence,
    subjectId: event.subjectId,
    subjectKind: event.subjectKind,
    textHash: event.textHash,
    type: event.type,
    version: event.version,
  }
}

/** RFC 8785 serialisation in UTF-8. Throws on a text that is not well-formed Unicode. */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('Only JSON values have a canonical form')
  return new TextEncoder().encode(text)
}
