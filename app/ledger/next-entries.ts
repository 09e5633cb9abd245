/** A committed event that is not yet queued for the chain. */
export type WaitingEntry = { eventId: string; subjectId: string; sequence: number }

/**
 * The entries of the next batch, in order. The events of a subject go in order of sequence, without a gap: an event whose
 * predecessor is neither queued nor in this batch waits, and so does everything after it. `queuedUpTo` holds the last
 * queued sequence of each subject.
 */
export function nextEntries<Entry extends WaitingEntry>(
  waiting: readonly Entry[],
  queuedUpTo: ReadonlyMap<string, number>,
): Entry[] {
  const upTo = new Map(queuedUpTo)
  return waiting.filter((entry) => {
    if (entry.sequence !== (upTo.get(entry.subjectId) ?? 0) + 1) return false
    upTo.set(entry.subjectId, entry.sequence)
    return true
  })
}
