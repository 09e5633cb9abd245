import { bytesToHex } from '@noble/hashes/utils.js'
import type { CheckResult } from './check-result.ts'
import { continuationKeyOf } from './commitment.ts'
import {
  type ChainEntry,
  ChainReadError,
  type ChainReader,
  formatStream,
  type LedgerStream,
} from './stream.ts'

/** An entry with the number of blocks that had been put on top of its own when it was read. */
type PlacedEntry = ChainEntry & { blocksOnTop: bigint }

/** The supplier's streams, read once and indexed. */
export type LedgerView = {
  readAt: CheckResult['readAt']
  /** Entries of a subject in the supplier's streams, in order: the k-th is the event with sequence k. */
  entriesOf: (subjectKey: string) => readonly PlacedEntry[]
  /** Whether a commitment stands anywhere in the supplier's streams. */
  holds: (commitment: string) => boolean
  /** Entries under a key by writers other than the supplier's. */
  entriesByOthers: (subjectKey: string) => Promise<ChainEntry[]>
}

/**
 * Reads the supplier's streams, oldest first. A stream after the first must begin with the entry that continues the one
 * before it. Throws ChainReadError.
 */
export async function readLedger(streams: readonly LedgerStream[], reader: ChainReader): Promise<LedgerView> {
  const bySubject = new Map<string, PlacedEntry[]>()
  const commitments = new Set<string>()
  const readAt: CheckResult['readAt'] = []
  let previous: { stream: LedgerStream; head: string } | null = null

  for (const stream of streams) {
    const snapshot = await reader.readStream(stream)
    if (previous !== null) requireContinuation(snapshot.entries[0], previous.stream, previous.head)
    for (const entry of previous === null ? snapshot.entries : snapshot.entries.slice(1)) {
      const list = bySubject.get(entry.subjectKey) ?? []
      list.push({ ...entry, blocksOnTop: snapshot.blockNumber - entry.blockNumber })
      bySubject.set(entry.subjectKey, list)
      commitments.add(entry.commitment)
    }
    readAt.push({
      stream: formatStream(stream),
      blockNumber: snapshot.blockNumber.toString(),
      blockHash: snapshot.blockHash,
      count: snapshot.entries.length,
      isProven: snapshot.isProven,
    })
    previous = { stream, head: snapshot.head }
  }

  const writers = new Set(streams.map((stream) => stream.writer))
  return {
    readAt,
    entriesOf: (subjectKey) => bySubject.get(subjectKey) ?? [],
    holds: (commitment) => commitments.has(commitment),
    entriesByOthers: async (subjectKey) => {
      const found = await Promise.all(streams.map((stream) => reader.readSubject(stream, subjectKey)))
      return found.flat().filter((entry) => !writers.has(entry.writer))
    },
  }
}

function requireContinuation(first: ChainEntry | undefined, old: LedgerStream, oldHead: string): void {
  const key = `0x${bytesToHex(continuationKeyOf(old.chainId, old.contract, old.writer))}`
  if (first?.subjectKey !== key || first.commitment !== oldHead)
    throw new ChainReadError(
      'not_continued',
      `The stream that should continue ${formatStream(old)} does not begin with that stream’s head.`,
    )
}
