import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { FileProblem, FileProblemCode, FileRecord } from '#app/imports/layout.ts'

/** Ends the reading of a file that cannot be read at all; carries what to tell the person. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly problem: FileProblem

  constructor(code: FileProblemCode, line: number, message: string) {
    super(message)
    this.problem = { code, line, message }
  }
}

export type CsvFormat = { delimiter: 'auto' | ',' | ';' | '\t' | '|'; encoding: 'utf-8' | 'latin1' }

const LONGEST_RECORD_BYTES = 1_000_000
const MOST_COLUMNS = 500

/**
 * The records of a CSV file, header first, streamed with bounded memory. Understands a byte order mark, quotes with
 * line breaks inside, any line ends and empty lines. Throws UnreadableFile for what is not such a file.
 */
export async function* csvRecords(
  bytes: AsyncIterable<Uint8Array>,
  format: CsvFormat,
): AsyncGenerator<FileRecord> {
  const text = decoded(bytes, format.encoding)
  const first = await text.next()
  if (first.done) throw new UnreadableFile('FILE_EMPTY', 1, 'The file is empty. Choose another file.')
  const delimiter = format.delimiter === 'auto' ? likelyDelimiter(first.value) : format.delimiter
  const parser = Readable.from(prepend(first.value, text)).compose(
    parse({
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD_BYTES,
    }),
  )
  // The parser counts a line break of two characters inside a cell twice.
  let countedTwice = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      if (record.length > MOST_COLUMNS)
        throw new UnreadableFile(
          'FILE_NOT_CSV',
          info.lines,
          `Has more than ${MOST_COLUMNS} columns. Choose another file.`,
        )
      const { breaks, characters } = lineBreaksIn(record)
      yield { line: info.lines - countedTwice - characters, cells: record }
      countedTwice += characters - breaks
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error
  }
}

async function* prepend(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  encoding: CsvFormat['encoding'],
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : 'utf-8', { fatal: true })
  let line = 1
  let isFirst = true
  for await (const chunk of bytes) {
    if (isFirst && chunk.length > 0) refuseOtherKinds(chunk)
    isFirst &&= chunk.length === 0
    const text = decodeOrRefuse(decoder, chunk, line)
    if (text.includes('\0'))
      throw new UnreadableFile(
        'FILE_NOT_TEXT',
        line,
        'This is not a text file. Save the table as CSV (UTF-8) and try again.',
      )
    line += lineBreaksIn([text]).breaks
    if (text !== '') yield text
  }
  decodeOrRefuse(decoder, undefined, line)
}

function refuseOtherKinds(start: Uint8Array): void {
  const [a, b] = start
  if (a === 0x50 && b === 0x4b)
    throw new UnreadableFile(
      'FILE_NOT_TEXT',
      1,
      'This is a spreadsheet or ZIP file. Save the table as CSV (UTF-8) and try again.',
    )
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new UnreadableFile(
      'FILE_NOT_UTF8',
      1,
      'The file is in UTF-16. Save it as CSV (UTF-8) and try again.',
    )
}

function decodeOrRefuse(decoder: TextDecoder, chunk: Uint8Array | undefined, line: number): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    throw new UnreadableFile(
      'FILE_NOT_UTF8',
      line,
      `The file is not UTF-8 text (first seen at or after line ${line}). Save it as CSV (UTF-8), or choose Latin-1 in the profile if that is how it was written.`,
    )
  }
}

/** The delimiter that the first line holds most often outside quotes; a comma when it holds none. */
export function likelyDelimiter(start: string): ',' | ';' | '\t' | '|' {
  const line = (start.split(/\r\n|\n|\r/, 1)[0] ?? '').replace(/"(?:[^"]|"")*"/g, '')
  const candidates = [',', ';', '\t', '|'] as const
  const count = (sign: string): number => line.split(sign).length - 1
  return candidates.reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/** Line breaks inside of cells, and the characters that they are made of. */
function lineBreaksIn(cells: readonly string[]): { breaks: number; characters: number } {
  let breaks = 0
  let characters = 0
  for (const cell of cells)
    for (const match of cell.matchAll(/\r\n|\n|\r/g)) {
      breaks += 1
      characters += match[0].length
    }
  return { breaks, characters }
}

function unreadable(error: CsvError): UnreadableFile {
  const { lines } = error as { lines?: unknown }
  const line = typeof lines === 'number' ? lines : 1
  const what =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'A quotation mark is opened and never closed. Close it, or write it twice if it belongs to the text.'
      : error.code === 'CSV_MAX_RECORD_SIZE'
        ? 'A row is longer than a megabyte, most likely because a quotation mark is not closed. Close it.'
        : 'A quotation mark stands where none may. Put the whole cell in quotation marks and write inner ones twice.'
  return new UnreadableFile('FILE_NOT_CSV', line, what)
}
