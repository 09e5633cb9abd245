/** Statements as CSV: columns by name, days and decimals found out or asked for, running balances checked. */
import { expect, test } from 'vitest'
import type { FileRecord } from '#app/imports/layout.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { StatementUnreadable } from '#app/payments/bank-statements/bank-statement.ts'
import {
  type CsvChoices,
  readStatementCsv,
} from '#app/payments/bank-statements/formats/read-statement-csv.ts'
import { lineIdentities } from '#app/payments/bank-statements/line-keys.ts'

const CHOICES: CsvChoices = { currency: parseCurrency('USD'), account: '8219', dateFormat: 'auto' }

async function* records(text: string): AsyncGenerator<FileRecord> {
  for (const [index, line] of text.trim().split('\n').entries())
    yield { line: index + 1, cells: line.trim().split('|') }
}
const read = (text: string, choices: Partial<CsvChoices> = {}) =>
  readStatementCsv(records(text), { ...CHOICES, ...choices })

test('one signed amount column, texts as they stand, and the account of the form', async () => {
  const statement = await read(`Date|Amount|Name|Reference|Description
    2026-11-17|1,240.50|QUILLHAVEN PRESS|TRN 42|INV-7731
    2026-11-18|-28.01|||Fee`)
  expect(statement).toMatchObject({
    account: '8219',
    currency: 'USD',
    opening: null,
    fromOn: '2026-11-17',
    toOn: '2026-11-18',
  })
  expect(statement.lines).toMatchObject([
    {
      amount: { minor: 124_050n },
      counterparty: 'QUILLHAVEN PRESS',
      reference: 'TRN 42',
      description: 'INV-7731',
    },
    { amount: { minor: -2_801n }, counterparty: null },
  ])
})

test('debit and credit columns, commas for decimals, days as German banks write them', async () => {
  const statement = await read(`Booking date|Debit|Credit|Currency|IBAN
    17.11.2026||1.240,50|EUR|DE89370400440532013000
    18.11.2026|-28,01||EUR|DE89370400440532013000`)
  expect(statement).toMatchObject({ account: 'DE89370400440532013000', currency: 'EUR' })
  expect(statement.lines.map((line) => line.amount.minor)).toEqual([124_050n, -2_801n])
})

test.each([
  ['oldest first', '2026-11-17|10.00|110.00\n2026-11-18|-5.00|105.00'],
  ['newest first', '2026-11-18|-5.00|105.00\n2026-11-17|10.00|110.00'],
])('a running balance that runs %s gives both balances', async (_way, rows) => {
  const statement = await read(`Date|Amount|Balance\n${rows}`)
  expect(statement).toMatchObject({ opening: { minor: 10_000n }, closing: { minor: 10_500n } })
})

test('slashes are read month first when a day beyond the twelfth says so, and asked for when none does', async () => {
  const [line] = (await read('Date|Amount\n11/17/2026|1.00\n02/03/2026|1.00')).lines
  expect(line?.bookedOn).toBe('2026-11-17')
  await expect(read('Date|Amount\n02/03/2026|1.00')).rejects.toThrow('Choose how dates are written')
  const chosen = await read('Date|Amount\n02/03/2026|1.00', { dateFormat: 'D/M/YYYY' })
  expect(chosen.lines[0]?.bookedOn).toBe('2026-03-02')
})

test.each([
  ['no movements', 'Date|Amount', 'no movements'],
  ['no column for the day', 'Day of week|Amount\nMonday|1.00', 'needs a column Date'],
  ['only credits', 'Date|Credit\n2026-11-17|1.00', 'both Debit and Credit'],
  [
    'two columns for one thing',
    'Date|Posted|Amount\n2026-11-17|2026-11-17|1.00',
    'two columns for the same thing',
  ],
  ['two accounts', 'Date|Amount|Account\n2026-11-17|1|111\n2026-11-17|1|222', 'more than one account'],
  ['two currencies', 'Date|Amount|Currency\n2026-11-17|1|USD\n2026-11-17|1|EUR', 'more than one currency'],
  ['an amount that is none', 'Date|Amount\n2026-11-17|much', 'Line 2: “much” is not an amount in USD'],
  ['a third decimal', 'Date|Amount\n2026-11-17|1.005', 'not an amount in USD'],
  ['an empty amount', 'Date|Amount\n2026-11-17|', 'Line 2 has no amount'],
  ['a day that is none', 'Date|Amount\n2026-02-30|1.00', 'cannot be read'],
  [
    'a balance that does not continue',
    'Date|Amount|Balance\n2026-11-17|10|110\n2026-11-18|-5|106',
    'does not add up',
  ],
])('a file with %s is refused with a sentence', async (_what, text, words) => {
  await expect(read(text)).rejects.toThrow(StatementUnreadable)
  await expect(read(text)).rejects.toThrow(words)
})

test('equal movements of one day stay two, and a movement has the same identity in an overlapping file', async () => {
  const row = '2026-11-17|5.00|SAME|R1|x'
  const head = 'Date|Amount|Name|Reference|Description'
  const early = lineIdentities(await read(`${head}\n2026-11-16|9.00|A|R0|y\n${row}\n${row}`))
  const late = lineIdentities(await read(`${head}\n${row}\n${row}\n${row}`))
  expect(new Set(early).size).toBe(3)
  expect(late.filter((each) => early.includes(each))).toHaveLength(2)
  expect(new Set([...early, ...late]).size).toBe(4)
})
