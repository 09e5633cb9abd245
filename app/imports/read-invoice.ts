import type { ImportedInvoice, RowError } from '#app/imports/imported-invoice.ts'
import { cellOf, columnOf, type FileRecord, type Layout } from '#app/imports/layout.ts'
import { FIELDS, LINE_FIELDS } from '#app/imports/profile.ts'
import { readBody } from '#app/imports/read-body.ts'
import { type RowReader, readerOf } from '#app/imports/row-reader.ts'
import { daysBetween } from '#app/platform/time.ts'

export type ReadInvoice = { ok: true; invoice: ImportedInvoice } | { ok: false; errors: RowError[] }

/**
 * One invoice from its records (one, or one per line). Every cell that cannot be used gives an error of its own; with
 * any error there is no invoice.
 */
export function readInvoice(layout: Layout, records: readonly FileRecord[]): ReadInvoice {
  const errors: RowError[] = []
  for (const record of records)
    if (record.cells.length !== layout.width) errors.push(wrongWidth(record, layout.width))
  const first = records[0]
  if (first === undefined) throw new Error('an invoice needs at least one record')
  if (errors.length > 0) return { ok: false, errors }

  const reader = readerOf(layout, first, errors)
  const header = readHeader(reader)
  const currency = reader.currency('currency')
  requireEqualHeaders(layout, records, errors)
  const body = currency === undefined ? undefined : readBody(layout, records, reader, errors, currency)
  checkDates(reader, header)
  checkDays(layout, first, header, errors)
  const { customerNumber, number, issuedOn, dueOn, ...rest } = header
  if (errors.length > 0 || !customerNumber || !number || !issuedOn || !dueOn || !currency || !body)
    return { ok: false, errors }
  const { customerName, customerCountry, ...own } = rest
  return {
    ok: true,
    invoice: {
      ...own,
      lineNo: first.line,
      records: records.length,
      customer: { number: customerNumber, name: customerName, country: customerCountry },
      number,
      issuedOn,
      dueOn,
      currency,
      lines: body.lines,
      taxes: body.taxes,
      netMinor: body.netMinor.toString(),
      taxMinor: body.taxMinor.toString(),
      roundingMinor: body.roundingMinor.toString(),
      totalMinor: body.totalMinor.toString(),
    },
  }
}

function readHeader(reader: RowReader) {
  const requiredDate = (field: 'issuedOn' | 'dueOn') =>
    reader.required(field, 40) === undefined ? undefined : reader.date(field)
  return {
    customerNumber: reader.required('customerNumber', 64),
    customerName: reader.text('customerName', 200),
    customerCountry: reader.text('customerCountry', 3),
    number: reader.required('invoiceNumber', 64),
    issuedOn: requiredDate('issuedOn'),
    dueOn: requiredDate('dueOn'),
    poNumber: reader.text('poNumber', 64),
    note: reader.text('note', 2_000),
    siteId: reader.text('siteId', 64),
    settledOn: reader.date('settledOn'),
    isDisputed: reader.yesNo('isDisputed'),
  }
}

function requireEqualHeaders(layout: Layout, records: readonly FileRecord[], errors: RowError[]): void {
  const [first, ...others] = records
  if (first === undefined) return
  const headerFields = FIELDS.filter((field) => !LINE_FIELDS.includes(field) && layout.places.has(field))
  for (const record of others)
    for (const field of headerFields) {
      const value = cellOf(layout, record, field)
      if (value === '' || value === cellOf(layout, first, field)) continue
      readerOf(layout, record, errors).refuse(
        field,
        'HEADER_DIFFERS',
        `Differs from line ${first.line} of the same invoice. Make them equal, or give this line its own invoice number.`,
      )
    }
}

function checkDates(reader: RowReader, header: ReturnType<typeof readHeader>): void {
  const { issuedOn, dueOn, settledOn } = header
  if (issuedOn !== undefined && dueOn !== undefined && dueOn < issuedOn)
    reader.refuse(
      'dueOn',
      'DUE_BEFORE_ISSUED',
      `Is before the invoice date ${issuedOn}. Correct one of the dates.`,
    )
  if (issuedOn !== undefined && settledOn !== undefined && settledOn < issuedOn)
    reader.refuse(
      'settledOn',
      'SETTLED_BEFORE_ISSUED',
      `Is before the invoice date ${issuedOn}. Correct one of them.`,
    )
  if (header.isDisputed && !reader.isFilled('settledOn'))
    reader.refuse(
      'isDisputed',
      'DISPUTE_STILL_OPEN',
      'Only closed disputes can be imported. Write No, and let the customer open the dispute here.',
    )
}

function checkDays(
  layout: Layout,
  record: FileRecord,
  header: ReturnType<typeof readHeader>,
  errors: RowError[],
): void {
  for (const { column, index, atLeastZero, ...check } of layout.checks) {
    const [from, to] = [header[check.from], header[check.to]]
    if (from === undefined || to === undefined) continue
    const days = daysBetween(from, to)
    const expected = String(atLeastZero ? Math.max(0, days) : days)
    const stated = (record.cells[index] ?? '').trim()
    if (stated === expected) continue
    const span = `${columnOf(layout, check.from)} to ${columnOf(layout, check.to)}`
    const message = `Is "${stated.slice(0, 20)}", but from ${span} are ${expected} days. Correct the dates or the days.`
    errors.push({ line: record.line, column, code: 'DAYS_DISAGREE', message })
  }
}

function wrongWidth(record: FileRecord, width: number): RowError {
  const message = `Has ${record.cells.length} cells, the header has ${width}. Look for a missing or needless delimiter or quote.`
  return { line: record.line, column: '', code: 'COLUMN_COUNT', message }
}
