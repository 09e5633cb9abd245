import { effectRows, formatCount, sumRows } from '#app/imports/batch-words.ts'
import type { ControlTotals } from '#app/imports/control-totals.ts'
import type { RowError } from '#app/imports/imported-invoice.ts'

/** The result of a check as lines of text: what each group of rows does, and the control totals. */
export function batchText(totals: ControlTotals): string[] {
  const facts: [string, string][] = [
    ...effectRows(totals).map(({ words, count }): [string, string] => [words, count]),
    ...sumRows(totals.invoices).map(({ currency, count, amount }): [string, string] => [
      `Invoices in ${currency}`,
      `${count} for ${amount}`,
    ]),
    ...sumRows(totals.payments).map(({ currency, count, amount }): [string, string] => [
      `Payments in ${currency}`,
      `${count} for ${amount}`,
    ]),
    ...(totals.disputes > 0 ? [['Closed disputes', formatCount(totals.disputes)] as [string, string]] : []),
    ['Customers', `${formatCount(totals.customers)}, of whom ${formatCount(totals.newCustomers)} are new`],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`)
}

/** One line for each thing that is wrong: line, column, reason, code. */
export function errorText({ line, column, code, message }: RowError): string {
  return `  line ${line}${column === '' ? '' : `, ${column}`}: ${message} [${code}]`
}
