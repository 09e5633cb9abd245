import { canonicalBytes, canonicalEvent } from '#app/ledger/canonical.ts'
import { commitmentOf, subjectKeyOf } from '#app/ledger/commitment.ts'
import { ledgerEventOf } from '#app/ledger/event-row.ts'
import { db } from '#app/platform/db.server.ts'

export type CommitmentBreach = { readonly subject: string; readonly detail: string }

const PAGE_SIZE = 2_000

/**
 * Recomputes every stored commitment from its event: the canonical bytes, and from them with the salts what stands on
 * chain. An event whose salt was erased can only be checked for its bytes. PostgreSQL has no keccak256, so this is ours.
 */
export async function* findWrongCommitments(): AsyncGenerator<CommitmentBreach> {
  for (let after = 0n; ; ) {
    const events = await db.ledgerEvent.findMany({
      where: { number: { gt: after }, commitment: { isNot: null } },
      orderBy: { number: 'asc' },
      take: PAGE_SIZE,
      include: { commitment: true },
    })
    const salts = await saltsOf(events.flatMap((event) => [event.id, event.subjectId]))
    for (const event of events) {
      const wrong = whatIsWrong(event, salts)
      if (wrong !== null) yield { subject: `event ${event.id}`, detail: wrong }
      after = event.number
    }
    if (events.length < PAGE_SIZE) return
  }
}

type EventRow = Parameters<typeof ledgerEventOf>[0] & {
  commitment: { canonical: Uint8Array; commitment: Uint8Array; subjectKey: Uint8Array } | null
}

function whatIsWrong(row: EventRow, salts: ReadonlyMap<string, Uint8Array>): string | null {
  if (row.commitment === null) return null
  const event = ledgerEventOf(row)
  const canonical = canonicalBytes(canonicalEvent(event))
  if (!equal(canonical, row.commitment.canonical)) return 'the stored canonical form is not that of the event'
  const salt = salts.get(row.id)
  if (salt && !equal(commitmentOf(salt, canonical), row.commitment.commitment))
    return 'the commitment is not that of the event and its salt'
  const subjectSalt = salts.get(row.subjectId)
  if (
    subjectSalt &&
    !equal(subjectKeyOf(subjectSalt, event.subjectKind, event.subjectId), row.commitment.subjectKey)
  ) {
    return 'the subject key is not that of the subject and its salt'
  }
  return null
}

async function saltsOf(owners: readonly string[]): Promise<Map<string, Uint8Array>> {
  const rows = await db.ledgerSalt.findMany({ where: { ownerId: { in: [...new Set(owners)] } } })
  return new Map(rows.map((row) => [row.ownerId, row.salt]))
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
