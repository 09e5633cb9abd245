import type { CheckResult, Outcome, SubjectResult } from './check-result.ts'

/** Adds the outcome of a check and the sentence that says it. */
export function summarise(parts: Omit<CheckResult, 'outcome' | 'summary'>): CheckResult {
  const statuses = parts.subjects.flatMap((subject) => subject.entries.map((entry) => entry.status))
  const outcome: Outcome = statuses.includes('contradicted')
    ? 'contradicted'
    : statuses.every((status) => status === 'verified')
      ? 'verified'
      : 'unanchored'
  return { outcome, summary: sentence(outcome, parts), ...parts }
}

function sentence(outcome: Outcome, parts: Omit<CheckResult, 'outcome' | 'summary'>): string {
  if (outcome === 'contradicted')
    return 'Contradicted: at least one entry of this file is not true. See each entry below.'
  if (outcome === 'unanchored')
    return parts.unanchored === null
      ? 'Not verified: nothing in this file is contradicted, but the ledger does not hold all of it.'
      : `Consistent with itself, not verified. ${parts.unanchored.sentence}`
  const reversed = parts.subjects.some((subject) =>
    subject.entries.some((entry) => entry.reversedBy !== null),
  )
  const later = count(parts.subjects, true)
  const earlier = count(parts.subjects, false)
  return [
    'Verified: every entry of this file stands on the shared ledger.',
    reversed ? 'A payment in it was taken back later, and the file says so.' : '',
    later > 0 ? `${entries(later, 'later')} that this file does not open.` : '',
    earlier > 0 ? `${entries(earlier, 'earlier')} that this file does not open.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function entries(number: number, word: string): string {
  return number === 1 ? `1 ${word} entry exists` : `${number} ${word} entries exist`
}

function count(subjects: readonly SubjectResult[], isLater: boolean): number {
  return subjects.reduce(
    (sum, subject) => sum + subject.unopened.filter((entry) => entry.isLater === isLater).length,
    0,
  )
}
