import {
  type CheckResult,
  type EntryResult,
  inOrder,
  type SubjectResult,
  type UnopenedEntry,
} from './check-result.ts'
import { amountInWords, eventLine, headWords, SUBJECT_WORDS } from './event-words.ts'

const STATUS_WORDS: Readonly<Record<EntryResult['status'], string>> = {
  verified: 'verified',
  contradicted: 'CONTRADICTED',
  absent: 'not on the ledger',
  consistent: 'consistent with itself',
}

/** A check's result as lines of plain text, entry by entry. */
export function checkReport(result: CheckResult): string {
  const read = result.readAt.map(
    (at) =>
      `Ledger ${at.stream}: ${at.count} entries, as many as the contract's own head counts at block ${at.blockNumber} (${at.blockHash}). ${headWords(at.isProven)}`,
  )
  return [result.summary, ...read, ...result.subjects.flatMap(subjectLines)].join('\n')
}

function subjectLines(subject: SubjectResult): string[] {
  return [
    '',
    `${SUBJECT_WORDS[subject.kind]} ${subject.id}`,
    ...inOrder(subject).flatMap((entry) => ('event' in entry ? entryLines(entry) : [unopenedLine(entry)])),
  ]
}

function unopenedLine(entry: UnopenedEntry): string {
  const words = entry.isLater ? 'a LATER entry' : 'an earlier entry'
  return `  ${entry.sequence}. ${words} that this file does not open: block ${entry.blockNumber}, transaction ${entry.transactionHash}`
}

function entryLines(entry: EntryResult): string[] {
  const { event } = entry
  const open =
    event.openAfter === null || event.currency === null
      ? ''
      : `; open after it ${amountInWords(event.openAfter, event.currency)}`
  const anchor =
    entry.anchor === null
      ? ''
      : `: block ${entry.anchor.blockNumber} (${entry.anchor.blocksOnTop} on top), transaction ${entry.anchor.transactionHash}`
  return [
    `  ${event.sequence}. ${eventLine(event)}${open}`,
    ...(entry.text === null ? [] : [`     “${entry.text}”`]),
    `     ${STATUS_WORDS[entry.status]}${anchor}`,
    ...entry.findings.map((finding) => `     ${finding.code}: ${finding.sentence}`),
    ...(entry.reversedBy === null ? [] : [`     This payment was taken back by entry ${entry.reversedBy}.`]),
  ]
}
