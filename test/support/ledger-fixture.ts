import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { type CanonicalEvent, canonicalBytes } from '#app/ledger/canonical.ts'
import { foldEntries } from '#app/ledger/chain-reader.ts'
import { commitmentOf, subjectKeyOf } from '#app/ledger/commitment.ts'
import type { DisclosedEntry, DisclosedSubject } from '#app/ledger/disclosure.ts'
import type { ChainEntry, ChainReader, LedgerStream } from '#app/ledger/stream.ts'

export const STREAM: LedgerStream = {
  chainId: 31337n,
  contract: `0x${'c0'.repeat(20)}`,
  writer: `0x${'aa'.repeat(20)}`,
  fromBlock: 0n,
}

const INVOICE_ID = '01939c3e-7a10-7c44-9e5d-0a1b2c3d4e5f'
export const PAYMENT_ID = '01939c3e-7a10-7c44-9e5d-0a1b2c3d4e60'

/** 32 bytes of hex that differ for each name. */
export function saltFor(name: string): string {
  return bytesToHex(commitmentOf(new Uint8Array(32), new TextEncoder().encode(name)))
}

/** A complete, valid event: an invoice over 1,240.50 USD that is issued. */
export function event(overrides: Partial<CanonicalEvent> = {}): CanonicalEvent {
  const sequence = overrides.sequence ?? 1
  return {
    amount: '124050',
    certainty: 'confirmed',
    currency: 'USD',
    id: `01939c3e-7a10-7c44-9e5d-${sequence.toString(16).padStart(12, '0')}`,
    occurredOn: '2026-11-20',
    openAfter: '124050',
    recordedAt: '2026-11-20T10:11:12.345Z',
    relatesTo: null,
    sequence,
    subjectId: INVOICE_ID,
    subjectKind: 'invoice',
    textHash: null,
    type: 'invoice.issued',
    version: 1,
    ...overrides,
  }
}

/** The event that settles the invoice of `event()`. */
export function payment(overrides: Partial<CanonicalEvent> = {}): CanonicalEvent {
  return event({ sequence: 2, type: 'payment.applied', openAfter: '0', relatesTo: PAYMENT_ID, ...overrides })
}

/** The event that takes that payment back. */
export function reversal(overrides: Partial<CanonicalEvent> = {}): CanonicalEvent {
  return event({ sequence: 3, type: 'payment.reversed', relatesTo: PAYMENT_ID, ...overrides })
}

/** An entry of a disclosure that opens an event. */
export function entry(opened: CanonicalEvent): DisclosedEntry {
  return { event: opened, salt: saltFor(`${opened.subjectId} ${opened.sequence}`), text: null }
}

/** A disclosed subject that opens these events, which are all about it. */
export function subject(...events: CanonicalEvent[]): DisclosedSubject {
  const { subjectId: id, subjectKind: kind } = events[0] ?? event()
  return { entries: events.map(entry), id, kind, salt: saltFor(id) }
}

/** What the chain holds for every entry of a subject, in order. */
export function chainEntries(disclosed: DisclosedSubject, writer: string = STREAM.writer): ChainEntry[] {
  return disclosed.entries.map((item, index) => ({
    subjectKey: `0x${bytesToHex(subjectKeyOf(hexToBytes(disclosed.salt), disclosed.kind, disclosed.id))}`,
    commitment: `0x${bytesToHex(commitmentOf(hexToBytes(item.salt), canonicalBytes(item.event)))}`,
    writer,
    blockNumber: BigInt(index + 1),
    transactionHash: `0x${(index + 1).toString(16).padStart(64, '0')}`,
  }))
}

/** A chain in memory that holds these entries, in this order, whoever wrote them. */
export function chainOf(entries: readonly ChainEntry[]): ChainReader {
  return {
    readStream: async (stream) => {
      const own = entries.filter((item) => item.writer === stream.writer)
      return {
        entries: own,
        head: foldEntries(own),
        isProven: true,
        blockNumber: 100n,
        blockHash: `0x${'b1'.repeat(32)}`,
      }
    },
    readSubject: async (_stream, subjectKey) => entries.filter((item) => item.subjectKey === subjectKey),
  }
}
