import { type DateFormat, FIELDS, type Field, neededColumns, type Profile } from '#app/imports/profile.ts'

/** One record of a file: the line on which it starts and its cells. */
export type FileRecord = { readonly line: number; readonly cells: readonly string[] }

/** Why a whole file cannot be read; nothing of it is staged. */
export type FileProblem = { code: FileProblemCode; line: number; message: string }

export type FileProblemCode =
  | 'FILE_EMPTY'
  | 'FILE_NOT_TEXT'
  | 'FILE_NOT_UTF8'
  | 'FILE_NOT_CSV'
  | 'FILE_TOO_LARGE'
  | 'COLUMN_MISSING'
  | 'COLUMN_TWICE'

type Place = { index: number; column: string; dateFormat: DateFormat; transform?: string | undefined }

/** A profile laid over the header of one file: where each field stands. */
export type Layout = {
  readonly profile: Profile
  readonly width: number
  readonly places: ReadonlyMap<Field, Place>
  readonly checks: readonly (Profile['checks'][number] & { index: number })[]
}

/** Finds the profile's columns in a header; names every column that is missing or stands twice. */
export function layoutOf(
  profile: Profile,
  header: FileRecord,
): { ok: true; layout: Layout } | { ok: false; problem: FileProblem } {
  const names = header.cells.map((cell) => cell.trim())
  const used = neededColumns(profile)
  const missing = used.filter((column) => !names.includes(column))
  if (missing.length > 0) return refuseHeader('COLUMN_MISSING', header.line, missingMessage(missing, names))
  const mapped = Object.values(profile.fields).flatMap((source) =>
    'column' in source ? [source.column] : [],
  )
  const twice = [...new Set([...used, ...mapped])].filter(
    (column) => names.indexOf(column) !== names.lastIndexOf(column),
  )
  if (twice.length > 0)
    return refuseHeader(
      'COLUMN_TWICE',
      header.line,
      `The header names ${quoted(twice)} more than once. Rename the columns so that each name is unique.`,
    )
  const places = new Map<Field, Place>()
  for (const field of FIELDS) {
    const source = profile.fields[field]
    if (source === undefined || !('column' in source) || !names.includes(source.column)) continue
    const { column, transform, dateFormat = profile.dateFormat } = source
    places.set(field, { index: names.indexOf(column), column, dateFormat, transform })
  }
  const checks = profile.checks.map((check) => ({ ...check, index: names.indexOf(check.column) }))
  return { ok: true, layout: { profile, width: names.length, places, checks } }
}

/** The trimmed text of a field in a record, after its transform; empty when the file has no such column. */
export function cellOf(layout: Layout, record: FileRecord, field: Field): string {
  const place = layout.places.get(field)
  if (place === undefined) {
    const source = layout.profile.fields[field]
    return source !== undefined && 'constant' in source ? source.constant : ''
  }
  const text = (record.cells[place.index] ?? '').trim()
  if (place.transform === 'upperCase') return text.toUpperCase()
  if (place.transform === 'digitsOnly') return text.replace(/\D/g, '')
  return text
}

/** The file's name of the column that holds a field, for messages. */
export function columnOf(layout: Layout, field: Field): string {
  return layout.places.get(field)?.column ?? field
}

/**
 * Records of one invoice, which stand one after another; with one invoice per row each record is its own group. A
 * record without invoice number is its own group too, and so gets its own error.
 */
export async function* groupByInvoice(
  layout: Layout,
  records: AsyncIterable<FileRecord>,
): AsyncGenerator<FileRecord[]> {
  let group: FileRecord[] = []
  let groupNumber = ''
  for await (const record of records) {
    const number = layout.profile.layout === 'line-per-row' ? cellOf(layout, record, 'invoiceNumber') : ''
    if (group.length > 0 && (number === '' || number !== groupNumber)) {
      yield group
      group = []
    }
    group.push(record)
    groupNumber = number
  }
  if (group.length > 0) yield group
}

function refuseHeader(
  code: FileProblemCode,
  line: number,
  message: string,
): { ok: false; problem: FileProblem } {
  return { ok: false, problem: { code, line, message } }
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

function missingMessage(missing: readonly string[], names: readonly string[]): string {
  const seen = names.slice(0, 40).map((name) => name.slice(0, 60))
  return `The header has no column ${quoted(missing)}. It has ${quoted(seen)}. Choose another profile or map the columns.`
}
