import type { SheetSize } from '#app/platform/pdf/paper.ts'

/** How a paper was asked for, beside what it is about. */
export type PaperChoice = {
  /** The instant whose books it shows; absent: the last change. */
  readonly knownAt?: Date
  /** The sheet; absent: the one that is usual in the supplier's country. */
  readonly sheet?: SheetSize
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[]
}

const SHEET_NAMES: Readonly<Record<string, SheetSize>> = { a4: 'A4', letter: 'LETTER' }

/** Reads `known-at` (ISO 8601 with a zone, not after `now`) and `sheet` (a4 or letter) of an address. */
export function parsePaperChoice(params: URLSearchParams, now: Date): PaperChoice {
  const problems: string[] = []
  const typedAt = params.get('known-at')?.trim() ?? ''
  const typedSheet = params.get('sheet')?.trim().toLowerCase() ?? ''
  const knownAt = readInstant(typedAt)
  const sheet = SHEET_NAMES[typedSheet]
  if (typedAt !== '' && knownAt === null) problems.push('Write known-at as 2026-12-31T17:00:00Z.')
  if (knownAt !== null && knownAt > now) problems.push('known-at must not lie ahead.')
  if (typedSheet !== '' && sheet === undefined) problems.push('sheet is a4 or letter.')
  return { ...(knownAt !== null && { knownAt }), ...(sheet !== undefined && { sheet }), problems }
}

function readInstant(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null
  const instant = new Date(text)
  return Number.isNaN(instant.getTime()) ? null : instant
}
