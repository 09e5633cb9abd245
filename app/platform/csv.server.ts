import { stringify } from 'csv-stringify/sync'

/** First characters that make a spreadsheet run a cell as a formula. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/** A text cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front. */
export function textCell(text: string | null): string {
  if (text === null) return ''
  return FORMULA.test(text) ? `'${text}` : text
}

/** One line of a CSV file; texts that came from people have been through `textCell`. */
export type CsvRow = readonly string[]

const BATCH_ROWS = 250

/** A CSV file (RFC 4180: commas, CRLF, UTF-8) line by line from rows that may come one at a time. */
export async function* csvText(
  header: CsvRow,
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>,
): AsyncGenerator<string> {
  const write = (batch: readonly CsvRow[]): string =>
    stringify(
      batch.map((row) => [...row]),
      { record_delimiter: 'windows' },
    )
  yield write([header])
  let batch: CsvRow[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH_ROWS) continue
    yield write(batch)
    batch = []
  }
  if (batch.length > 0) yield write(batch)
}
