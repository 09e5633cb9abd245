import type { SubjectEntry } from '#app/ledger/subject-entry.ts'
import { db } from '#app/platform/db.server.ts'

/** The events of an invoice, a customer account or the supplier, in order. */
export async function listSubjectEntries(subjectId: string): Promise<SubjectEntry[]> {
  const events = await db.ledgerEvent.findMany({
    where: { subjectId },
    orderBy: { sequence: 'asc' },
    include: {
      commitment: { select: { commitment: true } },
      entry: { include: { transaction: { include: { status: true } } } },
    },
  })
  return events.map(({ id, sequence, type, certainty, commitment, entry }) => {
    const status = entry?.transaction.status
    const state = status?.state ?? 'queued'
    return {
      ...{ id, sequence, type, certainty },
      // What the chain turned down is made again, so it waits.
      state: state === 'reverted' ? 'queued' : state,
      commitment: commitment && `0x${Buffer.from(commitment.commitment).toString('hex')}`,
      position: entry?.position ?? null,
      transactionHash: entry?.transaction.hash ?? null,
      blockNumber: status?.blockNumber ?? null,
      recordedAt: status?.recordedAt ?? null,
      finalAt: status?.finalAt ?? null,
    }
  })
}
