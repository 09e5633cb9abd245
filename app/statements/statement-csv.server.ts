import type { AmountView } from '#app/money/amount-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { type CsvRow, csvText, textCell } from '#app/platform/csv.server.ts'
import type { ActivityStatement, OpenItemStatement } from '#app/statements/statement-view.ts'

const decimal = (amount: AmountView | null): string =>
  amount === null ? '' : toDecimal(money(BigInt(amount.minor), parseCurrency(amount.currency)))

const ACTIVITY_HEADER: CsvRow = [
  'Currency',
  'Date',
  'Kind',
  'Number',
  'Entry',
  'Note',
  'Debit',
  'Credit',
  'Balance',
]

/** Activity statements as CSV, one after the other; each begins with its opening and ends with its closing balance. */
export function activityCsv(statements: readonly ActivityStatement[]): AsyncGenerator<string> {
  return csvText(ACTIVITY_HEADER, statements.flatMap(activityRows))
}

function activityRows(statement: ActivityStatement): CsvRow[] {
  const { currency } = statement
  return [
    [currency, statement.from.date, 'opening', '', 'Opening balance', '', '', '', decimal(statement.opening)],
    ...statement.rows.map((row) => [
      currency,
      row.on.date,
      row.kind,
      textCell(row.number),
      textCell(row.what),
      textCell(row.note),
      decimal(row.debit),
      decimal(row.credit),
      decimal(row.balance),
    ]),
    [
      currency,
      statement.to.date,
      'closing',
      '',
      'Closing balance',
      '',
      decimal(statement.totalDebit),
      decimal(statement.totalCredit),
      decimal(statement.closing),
    ],
  ]
}

const OPEN_ITEM_HEADER: CsvRow = [
  'Currency',
  'Invoice',
  'Kind',
  'PO number',
  'Issued on',
  'Due on',
  'Days late',
  'Age',
  'Total',
  'Disputed',
  'On plan',
  'Open',
]

/** Open items as CSV, currency by currency, oldest due first. */
export function openItemCsv(statements: readonly OpenItemStatement[]): AsyncGenerator<string> {
  return csvText(OPEN_ITEM_HEADER, statements.flatMap(openItemRows))
}

function openItemRows({ currency, items }: OpenItemStatement): CsvRow[] {
  return items.map((item) => [
    currency,
    textCell(item.number),
    item.kind,
    textCell(item.poNumber),
    item.issuedOn.date,
    item.dueOn.date,
    String(item.daysLate),
    item.bucket,
    decimal(item.total),
    decimal(item.disputed),
    decimal(item.onPlan),
    decimal(item.open),
  ])
}
