import type { InvoiceFilter, InvoiceSort } from '#app/invoices/invoice-filter.ts'
import { eachInvoice } from '#app/invoices/invoice-queries.server.ts'
import type { InvoiceFacts, Reading } from '#app/invoices/invoice-record.ts'
import type { InvoiceScope } from '#app/invoices/invoice-sql.server.ts'
import { invoiceState } from '#app/invoices/invoice-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { toDecimal } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { type CsvRow, csvText, textCell } from '#app/platform/csv.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const HEADER: CsvRow = [
  'Customer number',
  'Customer',
  'Invoice',
  'External number',
  'Kind',
  'PO number',
  'Issued on',
  'Due on',
  'Settled on',
  'State',
  'Currency',
  'Total',
  'Open',
  'Being paid',
  'Disputed',
  'Payable',
]

/** Every invoice that the filter keeps, in the order of the list, as CSV: ISO dates, exact decimals. */
export function invoicesCsv(
  scope: InvoiceScope,
  filter: InvoiceFilter,
  sort: InvoiceSort,
  reading: Reading,
): AsyncGenerator<string> {
  return csvText(HEADER, rows(scope, filter, sort, reading))
}

async function* rows(
  scope: InvoiceScope,
  filter: InvoiceFilter,
  sort: InvoiceSort,
  reading: Reading,
): AsyncGenerator<CsvRow> {
  for await (const facts of eachInvoice(scope, filter, sort, reading)) yield row(facts, reading)
}

function row(facts: InvoiceFacts, reading: Reading): CsvRow {
  const currency = parseCurrency(facts.currency)
  const decimal = (minor: bigint): string => toDecimal(money(minor, currency))
  return [
    textCell(facts.customerNumber),
    textCell(facts.customerName),
    textCell(facts.number),
    textCell(facts.externalNumber),
    facts.kind,
    textCell(facts.poNumber),
    facts.issuedOn,
    facts.dueOn,
    facts.settledOn ?? '',
    invoiceState({ ...facts, dueOn: parseBusinessDate(facts.dueOn) }, reading.today),
    facts.currency,
    decimal(facts.totalMinor),
    decimal(facts.openMinor),
    decimal(facts.onItsWayMinor),
    decimal(facts.disputedMinor),
    decimal(facts.openMinor - facts.heldMinor),
  ]
}
