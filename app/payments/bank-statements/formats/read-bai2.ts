/**
 * BAI2, the cash-management format of banks in the United States: records of comma-separated fields that end with a slash, 88
 * continuing the one before. Amounts have no point: the currency says how many digits are decimals. Control totals and counts
 * must agree, or the file is refused.
 */
import { type CurrencyCode, findCurrency, parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import {
  type AccountStatement,
  joinStatements,
  type StatementLine,
  StatementUnreadable,
  tidyText,
} from '#app/payments/bank-statements/bank-statement.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

/** One logical record: its code, its fields, the line it starts on, and of how many lines it is made. */
type Bai2Record = { code: string; fields: string[]; line: number; physical: number }

type Group = { asOf: BusinessDate; currency: CurrencyCode }
type Account = {
  group: Group
  id: string
  currency: CurrencyCode
  opening: bigint | null
  closing: bigint | null
  lines: StatementLine[]
  control: bigint
  records: number
}

const OPENING_LEDGER = '010'
const CLOSING_LEDGER = '015'

/** The accounts of a BAI2 file. Throws StatementUnreadable. */
export function readBai2(text: string): AccountStatement[] {
  const records = logicalRecords(text)
  if (records[0]?.code !== '01' || records.at(-1)?.code !== '99')
    throw new StatementUnreadable('This BAI2 file is not whole: it must begin with 01 and end with 99.')
  const done: AccountStatement[] = []
  const totals = { file: 0n, group: 0n }
  let group: Group | null = null
  let account: Account | null = null
  for (const record of records) {
    if (record.code === '02') {
      group = readGroup(record)
      totals.group = 0n
    } else if (record.code === '03') {
      if (group === null || account !== null) throw misplaced(record)
      account = readAccount(record, group)
    } else if (record.code === '16') {
      if (account === null) throw misplaced(record)
      addTransaction(account, record)
    } else if (record.code === '49') {
      if (account === null) throw misplaced(record)
      requireControl(record, account.control, account.records + record.physical)
      totals.group += account.control
      done.push(statementOf(account))
      account = null
    } else if (record.code === '98') {
      requireControl(record, totals.group, null)
      totals.file += totals.group
    } else if (record.code === '99') {
      if (account !== null) throw misplaced(record)
      requireControl(record, totals.file, null)
    } else if (record.code !== '01') throw misplaced(record)
  }
  return joinStatements(done)
}

function logicalRecords(text: string): Bai2Record[] {
  const records: Bai2Record[] = []
  let endsWithSlash = true
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trimEnd()
    if (line === '') continue
    const body = line.endsWith('/') ? line.slice(0, -1) : line
    const code = body.slice(0, 2)
    const rest = body.slice(3).split(',')
    const last = records.at(-1)
    if (code === '88') {
      if (last === undefined)
        throw new StatementUnreadable(`Line ${index + 1} of the file continues nothing.`)
      // A record without its slash is cut within a text: the text goes on.
      if (!endsWithSlash) last.fields.push(`${last.fields.pop() ?? ''} ${rest.shift() ?? ''}`)
      last.fields.push(...rest)
      last.physical += 1
    } else records.push({ code, fields: rest, line: index + 1, physical: 1 })
    endsWithSlash = line.endsWith('/')
  }
  return records
}

function readGroup(record: Bai2Record): Group {
  const currency = record.fields[5]?.trim() ?? ''
  return { asOf: readDay(record.fields[3] ?? '', record), currency: currencyOf(currency, 'USD', record) }
}

function currencyOf(text: string, fallback: string, record: Bai2Record): CurrencyCode {
  const found = text.trim() === '' ? parseCurrency(fallback) : findCurrency(text)
  if (found === null)
    throw new StatementUnreadable(
      `Line ${record.line} of the file names a currency that does not exist: “${text.slice(0, 10)}”.`,
    )
  return found
}

function readAccount(record: Bai2Record, group: Group): Account {
  const [id = '', currency = '', ...summaries] = record.fields
  const account: Account = {
    ...{ group, id: id.trim(), currency: currencyOf(currency, group.currency, record) },
    ...{ opening: null, closing: null, lines: [], control: 0n, records: record.physical },
  }
  while (summaries.length > 0) {
    const code = summaries.shift()?.trim() ?? ''
    const amount = summaries.shift()?.trim() ?? ''
    summaries.shift()
    takeFunds(summaries, record)
    if (code === '' || amount === '') continue
    const minor = readMinor(amount, record)
    account.control += minor
    if (code === OPENING_LEDGER) account.opening = minor
    if (code === CLOSING_LEDGER) account.closing = minor
  }
  return account
}

function addTransaction(account: Account, record: Bai2Record): void {
  const fields = [...record.fields]
  const code = Number(fields.shift())
  const minor = readMinor(fields.shift()?.trim() ?? '', record)
  const valueText = takeFunds(fields, record)
  const [bankReference = '', customerReference = '', ...texts] = fields
  account.control += minor
  account.records += record.physical
  const sign = code >= 100 && code <= 399 ? 1n : code >= 400 && code <= 699 ? -1n : 0n
  if (sign === 0n && !(code >= 700 && code <= 999))
    throw new StatementUnreadable(
      `Line ${record.line} of the file has a type code that is neither credit nor debit: ${code}.`,
    )
  // Codes from 700 on tell of loans and things that move no money of the account.
  if (sign === 0n || minor === 0n) return
  const description = tidyText(texts.filter((text) => text.trim() !== '').join(', '))
  account.lines.push({
    bookedOn: account.group.asOf,
    valueOn: valueText === null ? null : readDay(valueText, record),
    amount: money(sign * minor, account.currency),
    counterparty: tidyText(originatorIn(description ?? '')),
    reference: tidyText([bankReference, customerReference].filter((each) => each.trim() !== '').join(' ')),
    description,
  })
}

/** What banks write before the sender's name, and what begins after it. */
const ORIGINATOR =
  /\b(?:ORIG CO NAME|ORIGINATOR|ORG|PAYER)\s*[:=]\s*(.+?)(?=\s+(?:ORIG ID|DESC|CO ENTRY|SEC|TRACE|IND|EED|BNF|OBI|RFB|REF|ID)\b|[;/,]|$)/

/** The name that the text of a transfer gives its sender. */
function originatorIn(text: string): string | null {
  return ORIGINATOR.exec(text)?.[1] ?? null
}

/** Takes the funds type and what belongs to it off the fields; answers the day of value, when it gives one. */
function takeFunds(fields: string[], record: Bai2Record): string | null {
  const type = fields.shift()?.trim() ?? ''
  switch (type) {
    case 'V': {
      const [day = ''] = fields.splice(0, 2)
      return day.trim() === '' ? null : day.trim()
    }
    case 'S':
      fields.splice(0, 3)
      return null
    case 'D': {
      const count = Number(fields.shift())
      if (!Number.isInteger(count) || count < 0 || count > 100) throw misplaced(record)
      fields.splice(0, count * 2)
      return null
    }
    default:
      return null
  }
}

function readMinor(text: string, record: Bai2Record): bigint {
  if (/^[+-]?\d{1,15}$/.test(text)) return BigInt(text.replace('+', ''))
  throw new StatementUnreadable(
    `Line ${record.line} of the file has no amount where one belongs: “${text.slice(0, 20)}”.`,
  )
}

function readDay(text: string, record: Bai2Record): BusinessDate {
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(text.trim())
  const day = match === null ? null : findBusinessDate(`20${match[1]}-${match[2]}-${match[3]}`)
  if (day === null)
    throw new StatementUnreadable(
      `Line ${record.line} of the file has no day where one belongs: “${text.slice(0, 20)}”.`,
    )
  return day
}

function requireControl(record: Bai2Record, sum: bigint, count: number | null): void {
  const [total = '', stated = ''] = record.fields
  if (readMinor(total.trim(), record) !== sum)
    throw new StatementUnreadable(
      `The file does not add up: its control total on line ${record.line} is not the sum of what stands before it. Nothing was imported. Ask the bank for the file again.`,
    )
  if (count !== null && stated.trim() !== '' && Number(stated) !== count)
    throw new StatementUnreadable(
      `The file is not whole: line ${record.line} counts ${stated.trim()} records, and there are ${count}. Nothing was imported. Ask the bank for the file again.`,
    )
}

function statementOf({ group, id, currency, opening, closing, lines }: Account): AccountStatement {
  return {
    ...{ format: 'bai2', account: id, currency, fromOn: group.asOf, toOn: group.asOf, lines },
    opening: opening === null ? null : money(opening, currency),
    closing: closing === null ? null : money(closing, currency),
  }
}

function misplaced(record: Bai2Record): StatementUnreadable {
  return new StatementUnreadable(`Line ${record.line} of the file (${record.code}) does not belong there.`)
}
