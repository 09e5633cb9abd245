import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { canonicalBytes } from './canonical.ts'
import type { CheckResult, EntryResult, Finding, SubjectResult, UnopenedEntry } from './check-result.ts'
import { commitmentOf, subjectKeyOf, textHashOf } from './commitment.ts'
import type { DisclosedEntry, DisclosedSubject, Disclosure } from './disclosure.ts'
import { brokenRules } from './event-rules.ts'
import { type LedgerView, readLedger } from './ledger-view.ts'
import { ChainReadError, type ChainReader, type LedgerStream } from './stream.ts'
import { summarise } from './summarise.ts'

/** What makes a check worth something. It never comes from the file that is checked. */
export type TrustAnchor = { streams: readonly LedgerStream[]; reader: ChainReader }

/**
 * Checks a disclosure entry by entry: against its own salts and sums and, when `anchor` is given, against the supplier's
 * streams on the chain. Never throws for anything the file or the chain says.
 */
export async function verifyDisclosure(
  disclosure: Disclosure,
  anchor: TrustAnchor | null,
): Promise<CheckResult> {
  if (anchor === null || anchor.streams.length === 0)
    return withoutLedger(disclosure, {
      code: 'no_ledger_given',
      sentence: 'No ledger was given to compare with.',
    })
  try {
    const ledger = await readLedger(anchor.streams, anchor.reader)
    const subjects: SubjectResult[] = []
    for (const subject of disclosure.subjects) subjects.push(await checkSubject(subject, ledger))
    return summarise({ unanchored: null, readAt: ledger.readAt, subjects })
  } catch (error) {
    if (!(error instanceof ChainReadError)) throw error
    return withoutLedger(disclosure, { code: error.code, sentence: error.message })
  }
}

function withoutLedger(disclosure: Disclosure, why: NonNullable<CheckResult['unanchored']>): CheckResult {
  const subjects = disclosure.subjects.map((subject): SubjectResult => {
    const own = ownFindings(subject)
    const entries = subject.entries.map((entry): EntryResult => {
      const findings = own.get(entry) ?? []
      return {
        ...described(entry, subject),
        findings,
        anchor: null,
        status: findings.length > 0 ? 'contradicted' : 'consistent',
      }
    })
    return { kind: subject.kind, id: subject.id, subjectKey: keyOf(subject), entries, unopened: [] }
  })
  return summarise({ unanchored: why, readAt: [], subjects })
}

async function checkSubject(subject: DisclosedSubject, ledger: LedgerView): Promise<SubjectResult> {
  const subjectKey = keyOf(subject)
  const onLedger = ledger.entriesOf(subjectKey)
  const own = ownFindings(subject)
  const entries: EntryResult[] = []
  for (const entry of subject.entries) {
    const findings = own.get(entry) ?? []
    const found = await compare(entry, subjectKey, ledger)
    const status = findings.length > 0 ? 'contradicted' : found.status
    if (found.finding !== null) findings.push(found.finding)
    const stands = onLedger[entry.event.sequence - 1]
    const anchor =
      status === 'verified' && stands !== undefined
        ? {
            blockNumber: stands.blockNumber.toString(),
            blocksOnTop: stands.blocksOnTop.toString(),
            transactionHash: stands.transactionHash,
          }
        : null
    entries.push({ ...described(entry, subject), status, findings, anchor })
  }
  return { kind: subject.kind, id: subject.id, subjectKey, entries, unopened: unopened(subject, onLedger) }
}

type Comparison = { status: EntryResult['status']; finding: Finding | null }

/** The k-th entry of a subject in the supplier's streams must be the commitment of the event with sequence k. */
async function compare(entry: DisclosedEntry, subjectKey: string, ledger: LedgerView): Promise<Comparison> {
  const { sequence } = entry.event
  const commitment = `0x${bytesToHex(commitmentOf(hexToBytes(entry.salt), canonicalBytes(entry.event)))}`
  const onLedger = ledger.entriesOf(subjectKey)
  if (onLedger[sequence - 1]?.commitment === commitment) return { status: 'verified', finding: null }

  const place = onLedger.findIndex((other) => other.commitment === commitment)
  if (place >= 0)
    return contradicted(
      'wrong_place',
      `The file calls this entry number ${sequence}; on the ledger it is number ${place + 1}.`,
    )
  if (ledger.holds(commitment))
    return contradicted(
      'other_subject',
      'This entry stands on the ledger under another subject: it belongs to another invoice or account.',
    )
  const others = await ledger.entriesByOthers(subjectKey)
  if (others.some((other) => other.commitment === commitment))
    return contradicted(
      'other_writer',
      'This entry was written by another account, not by the supplier’s writer.',
    )
  if (onLedger.length >= sequence)
    return contradicted(
      'other_entry',
      `The ledger holds a different entry as number ${sequence}: the file was changed or forged.`,
    )
  if (onLedger.length === 0)
    return absent(
      'unknown_subject',
      'This ledger has no entry under this file’s key: the file belongs to another ledger, was forged, or is not recorded yet.',
    )
  return absent(
    'not_recorded',
    `The ledger holds ${onLedger.length} entries of this subject, so number ${sequence} is not recorded, or not yet.`,
  )
}

function contradicted(code: Finding['code'], sentence: string): Comparison {
  return { status: 'contradicted', finding: { code, sentence } }
}

function absent(code: Finding['code'], sentence: string): Comparison {
  return { status: 'absent', finding: { code, sentence } }
}

/** What is wrong with a subject's entries whatever a ledger says. */
function ownFindings(subject: DisclosedSubject): Map<DisclosedEntry, Finding[]> {
  const rules = brokenRules(subject.entries.map((entry) => entry.event))
  return new Map(
    subject.entries.map((entry) => {
      const findings: Finding[] = rules.filter((rule) => rule.sequence === entry.event.sequence)
      if (entry.event.subjectId !== subject.id || entry.event.subjectKind !== subject.kind)
        findings.push({
          code: 'wrong_subject',
          sentence: 'The entry names another subject than the file puts it under.',
        })
      if (entry.text !== null && textHash(entry.text) !== entry.event.textHash)
        findings.push({ code: 'text_differs', sentence: 'The text is not the one that the entry names.' })
      return [entry, findings.map(({ code, sentence }) => ({ code, sentence }))]
    }),
  )
}

function textHash(text: { salt: string; value: string }): string {
  return bytesToHex(textHashOf(hexToBytes(text.salt), text.value))
}

function keyOf(subject: DisclosedSubject): string {
  return `0x${bytesToHex(subjectKeyOf(hexToBytes(subject.salt), subject.kind, subject.id))}`
}

function described(
  entry: DisclosedEntry,
  subject: DisclosedSubject,
): Pick<EntryResult, 'event' | 'text' | 'reversedBy'> {
  const { event } = entry
  const reversal = subject.entries.find(
    (other) =>
      event.type === 'payment.applied' &&
      other.event.type === 'payment.reversed' &&
      other.event.sequence > event.sequence &&
      other.event.relatesTo === event.relatesTo,
  )
  return { event, text: entry.text?.value ?? null, reversedBy: reversal?.event.sequence ?? null }
}

function unopened(subject: DisclosedSubject, onLedger: ReturnType<LedgerView['entriesOf']>): UnopenedEntry[] {
  const opened = new Set(subject.entries.map((entry) => entry.event.sequence))
  const last = subject.entries.at(-1)?.event.sequence ?? 0
  return onLedger.flatMap((entry, index) =>
    opened.has(index + 1)
      ? []
      : [
          {
            sequence: index + 1,
            isLater: index + 1 > last,
            commitment: entry.commitment,
            blockNumber: entry.blockNumber.toString(),
            transactionHash: entry.transactionHash,
          },
        ],
  )
}
