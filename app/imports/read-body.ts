import { decimalText, productMinor } from '#app/imports/cells.ts'
import type { ImportedLine, RowError } from '#app/imports/imported-invoice.ts'
import {
  amountsOfLines,
  amountsOfTotal,
  type InvoiceAmounts,
  type StatedAmounts,
} from '#app/imports/invoice-amounts.ts'
import { cellOf, type FileRecord, type Layout } from '#app/imports/layout.ts'
import { type RowReader, readerOf } from '#app/imports/row-reader.ts'
import { type CurrencyCode, currencyExponent } from '#app/money/currencies.ts'
import { formatAmount } from '#app/money/format.ts'

const MAX_LINES = 1_000

/** Amounts, lines and taxes of one invoice. */
export type Body = InvoiceAmounts & { lines: ImportedLine[] }

/** The body of an invoice: from its one row, or from its lines. Undefined when `errors` got an entry. */
export function readBody(
  layout: Layout,
  records: readonly FileRecord[],
  reader: RowReader,
  errors: RowError[],
  currency: CurrencyCode,
): Body | undefined {
  const before = errors.length
  const stated = {
    net: reader.amount('net', currency),
    tax: reader.amount('tax', currency),
    total: reader.amount('total', currency),
    taxRateBps: reader.rateBps('taxRate'),
  }
  if (layout.profile.layout === 'invoice-per-row') {
    if (errors.length > before) return undefined
    return readRow(reader, currency, stated, cellOf(layout, records[0] as FileRecord, 'invoiceNumber'))
  }
  if (records.length > MAX_LINES)
    return reader.refuse(
      null,
      'TOO_MANY_LINES',
      `Has ${records.length} lines; split it to at most ${MAX_LINES}.`,
    )
  const lines = records.map((record, index) => readLine(layout, record, errors, currency, index + 1))
  if (errors.length > before) return undefined
  const read = lines.filter((line) => line !== undefined)
  const amounts = amountsOfLines(
    read.map(({ netMinor, taxRateBps }) => ({ netMinor: BigInt(netMinor), taxRateBps })),
    stated,
  )
  return amounts.ok ? positive(reader, { ...amounts, lines: read }) : refuseAmounts(reader, currency, amounts)
}

function readRow(
  reader: RowReader,
  currency: CurrencyCode,
  stated: StatedAmounts,
  number: string,
): Body | undefined {
  if (stated.total === undefined)
    return reader.refuse('total', 'VALUE_MISSING', 'Is empty. Fill in the amount.')
  const amounts = amountsOfTotal(stated.total, stated)
  if (!amounts.ok) return refuseAmounts(reader, currency, amounts)
  return positive(reader, { ...amounts, lines: [soleLine(amounts, number)] })
}

function readLine(
  layout: Layout,
  record: FileRecord,
  errors: RowError[],
  currency: CurrencyCode,
  position: number,
): ImportedLine | undefined {
  const before = errors.length
  const reader = readerOf(layout, record, errors)
  const digits = currencyExponent(currency)
  const description = reader.required('lineDescription', 500)
  const unit = reader.text('lineUnit', 20)
  const quantity = reader.decimal('lineQuantity') ?? { units: 1n, scale: 0 }
  const price = reader.decimal('lineUnitPrice')
  const statedNet = reader.amount('lineNet', currency)
  const taxRateBps = reader.rateBps('lineTaxRate') ?? 0
  if (errors.length > before || description === undefined) return undefined
  const product = price === undefined ? undefined : productMinor(quantity, price, digits)
  const net = statedNet ?? product
  if (net === undefined)
    return reader.refuse(
      'lineUnitPrice',
      'VALUE_MISSING',
      'Is empty. Fill in the price or the net amount of the line.',
    )
  if (product !== undefined && (net - product > 1n || product - net > 1n))
    return reader.refuse(
      'lineNet',
      'LINE_AMOUNT_DISAGREES',
      `Is ${words(net, currency)}, but quantity times price is ${words(product, currency)}. Correct one of them.`,
    )
  return {
    position,
    description,
    quantity: decimalText(quantity),
    unit,
    unitPriceMinor: price === undefined ? net.toString() : decimalText(price, digits),
    netMinor: net.toString(),
    taxRateBps,
  }
}

function soleLine(amounts: InvoiceAmounts & { taxRateBps: number }, number: string): ImportedLine {
  const net = amounts.netMinor.toString()
  const { taxRateBps } = amounts
  return {
    position: 1,
    description: `Invoice ${number}`,
    quantity: '1',
    unitPriceMinor: net,
    netMinor: net,
    taxRateBps,
  }
}

function positive(reader: RowReader, body: Body): Body | undefined {
  if (body.totalMinor > 0n) return body
  return reader.refuse(
    'total',
    'AMOUNT_NOT_POSITIVE',
    'An invoice must be above zero. Import a credit as a credit memo.',
  )
}

function refuseAmounts(
  reader: RowReader,
  currency: CurrencyCode,
  found: { stated: 'net' | 'tax' | 'total'; statedMinor: bigint; computedMinor: bigint },
): undefined {
  const code = ({ net: 'NET_DISAGREES', tax: 'TAX_DISAGREES', total: 'TOTAL_DISAGREES' } as const)[
    found.stated
  ]
  const [stated, computed] = [words(found.statedMinor, currency), words(found.computedMinor, currency)]
  return reader.refuse(
    found.stated,
    code,
    `The file says ${stated}, its parts make ${computed}. Correct the amounts.`,
  )
}

const words = (minor: bigint, currency: CurrencyCode): string => formatAmount({ minor, currency })
