/**
 * A statement as CSV. Banks agree on no layout, so columns are found by their names, in the ways listed here; a column that is
 * there twice or missing is said. Where the file has a running balance, each row must continue it.
 */
import { type Decimal, readDate, readDecimal, toMinor } from '#app/imports/cells.ts'
import type { FileRecord } from '#app/imports/layout.ts'
import type { DateFormat } from '#app/imports/profile.ts'
import { type CurrencyCode, currencyExponent, findCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import {
  type AccountStatement,
  daysOf,
  MOST_LINES,
  type StatementLine,
  StatementUnreadable,
  tidyText,
} from '#app/payments/bank-statements/bank-statement.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** The columns that a statement can have and their names, small letters and spaces only. `date` and an amount are needed. */
export const CSV_COLUMNS = {
  date: ['date', 'booking date', 'booked on', 'posting date', 'posted', 'posted date', 'transaction date'],
  valueDate: ['value date', 'valuta', 'value'],
  amount: ['amount', 'net amount'],
  credit: ['credit', 'credit amount', 'paid in', 'money in', 'deposit', 'deposits'],
  debit: ['debit', 'debit amount', 'paid out', 'money out', 'withdrawal', 'withdrawals'],
  currency: ['currency', 'ccy'],
  balance: ['balance', 'running balance', 'running bal', 'ledger balance'],
  counterparty: ['payer', 'name', 'counterparty', 'payee', 'sender', 'from'],
  reference: ['reference', 'ref', 'bank reference', 'check number', 'cheque number'],
  description: [
    'description',
    'details',
    'memo',
    'text',
    'transaction details',
    'remittance information',
    'narrative',
  ],
  account: ['account', 'account number', 'iban'],
} as const

type ColumnName = keyof typeof CSV_COLUMNS
type Columns = ReadonlyMap<ColumnName, number>

export type CsvChoices = {
  /** Used where the file has no such column. */
  readonly currency: CurrencyCode | null
  readonly account: string
  /** `auto` finds it out, and refuses when the days do not say. */
  readonly dateFormat: DateFormat | 'auto'
}

/** The statement in the records of a CSV file, header first. Throws StatementUnreadable. */
export async function readStatementCsv(
  records: AsyncIterable<FileRecord>,
  choices: CsvChoices,
): Promise<AccountStatement> {
  const rows: FileRecord[] = []
  for await (const record of records) {
    rows.push(record)
    if (rows.length > MOST_LINES + 1)
      throw new StatementUnreadable(`The file has more than ${MOST_LINES} movements. Import it in parts.`)
  }
  const [header, ...body] = rows
  if (header === undefined || body.length === 0) throw new StatementUnreadable('The file has no movements.')
  const columns = columnsOf(header)
  const currency = oneValue(body, columns, 'currency', (text) => findCurrency(text)) ?? choices.currency
  if (currency === null)
    throw new StatementUnreadable(
      'The file has no column for the currency. Choose the currency of the account.',
    )
  const account = oneValue(body, columns, 'account', (text) => text) ?? choices.account
  if (account === '')
    throw new StatementUnreadable('The file has no column for the account. Enter its last four digits.')
  const format = choices.dateFormat === 'auto' ? dateFormatOf(body, columns) : choices.dateFormat
  const decimal = decimalSignOf(body, columns)
  const read = body.map((row) => readRow(row, columns, { currency, format, decimal }))
  const balances = readBalances(read, currency)
  const lines = read.flatMap(({ line }) => line ?? [])
  return { ...{ format: 'csv', account, currency, lines, ...balances }, ...daysOf(lines) }
}

function columnsOf(header: FileRecord): Columns {
  const names = header.cells.map((cell) =>
    cell
      .replace(/^\ufeff/, '')
      .toLowerCase()
      .replace(/[^a-z]+/g, ' ')
      .trim(),
  )
  const columns = new Map<ColumnName, number>()
  for (const [column, words] of Object.entries(CSV_COLUMNS) as [ColumnName, readonly string[]][]) {
    const places = names.flatMap((name, index) => (words.includes(name) ? [index] : []))
    if (places.length > 1)
      throw new StatementUnreadable(
        `The header has two columns for the same thing: “${places.map((place) => header.cells[place]).join('” and “')}”. Remove one.`,
      )
    if (places[0] !== undefined) columns.set(column, places[0])
  }
  const hasAmount = columns.has('amount') || (columns.has('credit') && columns.has('debit'))
  if (!columns.has('date') || !hasAmount)
    throw new StatementUnreadable(
      `The header needs a column Date, and either Amount or both Debit and Credit. It has “${header.cells.slice(0, 20).join('”, “').slice(0, 300)}”.`,
    )
  return columns
}

function cellOf(row: FileRecord, columns: Columns, column: ColumnName): string {
  const place = columns.get(column)
  return place === undefined ? '' : (row.cells[place] ?? '').trim()
}

/** The one value that a column has in every row; null without the column. */
function oneValue<Value>(
  rows: readonly FileRecord[],
  columns: Columns,
  column: ColumnName,
  read: (text: string) => Value | null,
): Value | null {
  if (!columns.has(column)) return null
  const texts = [...new Set(rows.map((row) => cellOf(row, columns, column)).filter((text) => text !== ''))]
  if (texts.length > 1)
    throw new StatementUnreadable(
      `The file has more than one ${column}: “${texts.slice(0, 3).join('”, “')}”. Import each in a file of its own.`,
    )
  const [text] = texts
  if (text === undefined) return null
  const value = read(text)
  if (value === null) throw new StatementUnreadable(`“${text.slice(0, 20)}” is not a ${column}.`)
  return value
}

function dateFormatOf(rows: readonly FileRecord[], columns: Columns): DateFormat {
  const days = rows.map((row) => cellOf(row, columns, 'date'))
  const candidates = (['YYYY-MM-DD', 'YYYYMMDD', 'D.M.YYYY', 'M/D/YYYY', 'D/M/YYYY'] as const).filter(
    (format) => days.every((day) => readDate(day, format) !== null),
  )
  const [format, another] = candidates
  if (format === undefined)
    throw new StatementUnreadable('The days in the column Date cannot be read. Write them as 2026-12-31.')
  if (another !== undefined)
    throw new StatementUnreadable(
      'The file does not say whether its days are written month first or day first. Choose how dates are written.',
    )
  return format
}

/** A comma is the decimal sign when amounts end like 12,50 and none ends like 12.50. */
function decimalSignOf(rows: readonly FileRecord[], columns: Columns): '.' | ',' {
  const texts = rows.flatMap((row) =>
    (['amount', 'credit', 'debit', 'balance'] as const).map((name) => cellOf(row, columns, name)),
  )
  const endsWith = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text))
  return endsWith(/,\d{1,2}\)?-?$/) && !endsWith(/\.\d{1,2}\)?-?$/) ? ',' : '.'
}

type ReadRow = { line: StatementLine | null; minor: bigint; balance: bigint | null }
type RowWays = { currency: CurrencyCode; format: DateFormat; decimal: '.' | ',' }

function readRow(row: FileRecord, columns: Columns, ways: RowWays): ReadRow {
  const { currency } = ways
  const amount = (column: ColumnName): bigint | null => readMinor(row, cellOf(row, columns, column), ways)
  const day = (column: 'date' | 'valueDate'): BusinessDate | null =>
    readDate(cellOf(row, columns, column), ways.format)
  const bookedOn = day('date')
  if (bookedOn === null)
    throw new StatementUnreadable(
      `Line ${row.line}: “${cellOf(row, columns, 'date').slice(0, 30)}” is not a day written ${ways.format}.`,
    )
  const minor = columns.has('amount')
    ? amount('amount')
    : magnitude(amount('credit')) - magnitude(amount('debit'))
  if (minor === null) throw new StatementUnreadable(`Line ${row.line} has no amount.`)
  const text = (column: ColumnName): string | null => tidyText(cellOf(row, columns, column))
  const line: StatementLine = {
    ...{ bookedOn, valueOn: day('valueDate'), amount: money(minor, currency) },
    ...{ counterparty: text('counterparty'), reference: text('reference'), description: text('description') },
  }
  return { line: minor === 0n ? null : line, minor, balance: amount('balance') }
}

function magnitude(minor: bigint | null): bigint {
  return minor === null ? 0n : minor < 0n ? -minor : minor
}

/** An amount with or without the currency's code or sign; null for an empty cell. */
function readMinor(row: FileRecord, cell: string, { currency, decimal }: RowWays): bigint | null {
  const text = cell
    .replace(currency, '')
    .replace(/[$€£¥]/, '')
    .replace(/^\+/, '')
    .trim()
  if (text === '') return null
  const value: Decimal | null = readDecimal(text, decimal)
  const minor = value === null ? null : toMinor(value, currencyExponent(currency))
  if (minor === null)
    throw new StatementUnreadable(`Line ${row.line}: “${cell.slice(0, 30)}” is not an amount in ${currency}.`)
  return minor
}

/** Opening and closing balance from a running one, whichever way the rows run; none where the file has no such column. */
function readBalances(
  rows: readonly ReadRow[],
  currency: CurrencyCode,
): Pick<AccountStatement, 'opening' | 'closing'> {
  const first = rows[0]
  const last = rows.at(-1)
  if (first?.balance == null || last?.balance == null) return { opening: null, closing: null }
  const continues = (row: ReadRow, before: ReadRow | undefined): boolean =>
    before === undefined ||
    (row.balance !== null && before.balance !== null && before.balance + row.minor === row.balance)
  if (rows.every((row, index) => continues(row, rows[index - 1])))
    return { opening: money(first.balance - first.minor, currency), closing: money(last.balance, currency) }
  if (rows.every((row, index) => continues(row, rows[index + 1])))
    return { opening: money(last.balance - last.minor, currency), closing: money(first.balance, currency) }
  throw new StatementUnreadable(
    'The file does not add up: a row does not continue the balance of the row before. Nothing was imported.',
  )
}
