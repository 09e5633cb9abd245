import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { canonicalBytes, canonicalEvent } from './canonical.ts'
import { commitmentOf, subjectKeyOf } from './commitment.ts'
import { endSubject, hasEnded } from './erased-salts.server.ts'
import { type LedgerEventRow, ledgerEventOf } from './event-row.ts'
import type { NumberFloor } from './number-floor.ts'
import { readHorizon } from './read-horizon.server.ts'

const PAGE_SIZE = 500

type Row = LedgerEventRow & { number: bigint; salt: Uint8Array | null; subjectSalt: Uint8Array | null }

/**
 * Stores canonical bytes, subject key and commitment of events that have none yet, oldest first, and answers how many it
 * looked at. Safe to run anywhere at any time: the same event always gives the same bytes. An event whose salt was erased
 * first can never be committed; it is left, and so is what follows it on its subject.
 */
export async function computeCommitments(floor: NumberFloor): Promise<number> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT e.id, e.number, e.version, e.type, e.subject_kind AS "subjectKind", e.subject_id AS "subjectId", e.sequence,
           e.occurred_on AS "occurredOn", e.recorded_at AS "recordedAt", e.currency, e.amount_minor AS "amountMinor",
           e.open_after_minor AS "openAfterMinor", e.relates_to AS "relatesTo", e.certainty, e.text_hash AS "textHash",
           own.salt, subject.salt AS "subjectSalt"
      FROM ledger_event e
      LEFT JOIN commitment c ON c.ledger_event_id = e.id
      LEFT JOIN ledger_salt own ON own.owner_id = e.id
      LEFT JOIN ledger_salt subject ON subject.owner_id = e.subject_id
     WHERE e.number > ${floor.value} AND c.ledger_event_id IS NULL AND NOT ${hasEnded}
     ORDER BY e.number LIMIT ${PAGE_SIZE}`
  if (rows.length === 0) {
    await raiseFloor(floor)
    return 0
  }
  const ended = new Map<string, number>()
  for (const { salt, subjectSalt, subjectId, sequence } of rows)
    if ((salt === null || subjectSalt === null) && !ended.has(subjectId)) ended.set(subjectId, sequence)
  const createdAt = await readNow()
  const data = rows
    .filter(({ subjectId, sequence }) => sequence < (ended.get(subjectId) ?? Number.POSITIVE_INFINITY))
    .map((row) => ({ ...committed(row), createdAt }))
  if (data.length > 0) await db.commitment.createMany({ data, skipDuplicates: true })
  for (const [subjectId, sequence] of ended) await endSubject(subjectId, sequence)
  return rows.length
}

async function raiseFloor(floor: NumberFloor): Promise<void> {
  const horizon = await readHorizon(floor)
  const [row] = await db.$queryRaw<{ isDone: boolean }[]>`
    SELECT NOT EXISTS (
      SELECT FROM ledger_event e LEFT JOIN commitment c ON c.ledger_event_id = e.id
       WHERE e.number > ${floor.value} AND c.ledger_event_id IS NULL AND NOT ${hasEnded}) AS "isDone"`
  if (row?.isDone) floor.foundNothing(horizon)
}

function committed({ salt, subjectSalt, ...row }: Row) {
  if (salt === null || subjectSalt === null) throw new Error(`ledger event ${row.id} has no salt`)
  const event = ledgerEventOf(row)
  const canonical = canonicalBytes(canonicalEvent(event))
  return {
    ledgerEventId: event.id,
    canonical: Uint8Array.from(canonical),
    subjectKey: Uint8Array.from(subjectKeyOf(subjectSalt, event.subjectKind, event.subjectId)),
    commitment: Uint8Array.from(commitmentOf(salt, canonical)),
  }
}
