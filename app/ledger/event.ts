import type { BusinessDate } from '#app/platform/time.ts'

/**
 * A ledger event is one business fact about one subject. Its form on the shared ledger is versioned: what version 1 means
 * never changes, because commitments to it stand on a chain. See docs/ledger-format.md.
 */
export const EVENT_VERSION = 1

/** All event types of version 1. */
export const EVENT_TYPES = [
  'invoice.issued',
  'invoice.corrected',
  'invoice.cancelled',
  'credit.issued',
  'credit.applied',
  'payment.applied',
  'payment.reversed',
  'dispute.opened',
  'dispute.resolved',
  'plan.agreed',
  'plan.ended',
  'writeoff',
  'placement.granted',
  'placement.revoked',
  'disclosure.granted',
  'disclosure.revoked',
  'payee.changed',
  'audit.head',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** What an event can be about. */
export const SUBJECT_KINDS = ['invoice', 'customer', 'supplier'] as const

export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/**
 * How much stands behind the fact: the supplier's word; the payment provider's or bank's word; the customer's own
 * signature; or a payment whose return window is over.
 */
export const CERTAINTIES = ['asserted', 'confirmed', 'countersigned', 'irrevocable'] as const

export type Certainty = (typeof CERTAINTIES)[number]

/** A ledger event as the books hold it. Amounts are minor units of `currency`. */
export type LedgerEvent = {
  /** UUID in lower case with dashes. */
  id: string
  version: typeof EVENT_VERSION
  type: EventType
  subjectKind: SubjectKind
  subjectId: string
  /** 1…n within the subject, without gaps. */
  sequence: number
  occurredOn: BusinessDate
  recordedAt: Date
  /** Null exactly when `amountMinor` is. */
  currency: string | null
  amountMinor: bigint | null
  /** What is open on the subject after the event; null where the subject has no open amount. */
  openAfterMinor: bigint | null
  /** The record that the event is about, such as a payment. */
  relatesTo: string | null
  certainty: Certainty
  /** Salted hash of a text that lives in a deletable row: 64 hexadecimal digits. */
  textHash: string | null
}
