import { fromDatabaseDate } from '#app/platform/time.ts'
import { CERTAINTIES, EVENT_TYPES, EVENT_VERSION, type LedgerEvent, SUBJECT_KINDS } from './event.ts'

/** The columns of `ledger_event` that its canonical form is made of, as the database client gives them. */
export type LedgerEventRow = {
  id: string
  version: number
  type: string
  subjectKind: string
  subjectId: string
  sequence: number
  occurredOn: Date
  recordedAt: Date
  currency: string | null
  amountMinor: bigint | null
  openAfterMinor: bigint | null
  relatesTo: string | null
  certainty: string
  textHash: string | null
}

/** The event that a row holds. Throws on a word or a version that this program does not know. */
export function ledgerEventOf(row: LedgerEventRow): LedgerEvent {
  if (row.version !== EVENT_VERSION) throw new Error(`Ledger event ${row.id} has version ${row.version}`)
  return {
    id: row.id,
    version: row.version,
    type: oneOf(EVENT_TYPES, row.type),
    subjectKind: oneOf(SUBJECT_KINDS, row.subjectKind),
    subjectId: row.subjectId,
    sequence: row.sequence,
    occurredOn: fromDatabaseDate(row.occurredOn),
    recordedAt: row.recordedAt,
    currency: row.currency,
    amountMinor: row.amountMinor,
    openAfterMinor: row.openAfterMinor,
    relatesTo: row.relatesTo,
    certainty: oneOf(CERTAINTIES, row.certainty),
    textHash: row.textHash,
  }
}

function oneOf<const Word extends string>(words: readonly Word[], text: string): Word {
  const word = words.find((each) => each === text)
  if (word === undefined) throw new Error(`${JSON.stringify(text)} is none of ${words.join(', ')}`)
  return word
}
