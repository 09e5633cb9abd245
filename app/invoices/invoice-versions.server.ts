import { type InvoiceVersionView, rateText } from '#app/invoices/invoice-detail.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { currencyExponent, parseCurrency } from '#app/money/currencies.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

type LineRecord = {
  position: number
  description: string
  quantity: string
  unit: string | null
  unitPriceMinor: string
  netMinor: string
  taxRateBps: number
}
type TaxRecord = { taxRateBps: number; netMinor: string; taxMinor: string }
type VersionRecord = {
  version: number
  recordedAt: Date
  poNumber: string | null
  note: string | null
  currency: string
  issuedOn: string
  dueOn: string
  netMinor: bigint
  taxMinor: bigint
  roundingMinor: bigint
  totalMinor: bigint
  lines: LineRecord[]
  taxes: TaxRecord[]
}

/** The printed versions of an invoice, oldest first; with `knownAt` only those recorded by then. One query. */
export async function readVersions(
  invoiceId: string,
  locale: string,
  knownAt: Date | null,
  client: Tx = db,
): Promise<InvoiceVersionView[]> {
  const records = await client.$queryRaw<VersionRecord[]>`
    SELECT v.version, v.recorded_at AS "recordedAt", v.po_number AS "poNumber", v.note, v.currency,
      v.issued_on::text AS "issuedOn", v.due_on::text AS "dueOn",
      v.net_minor AS "netMinor", v.tax_minor AS "taxMinor", v.rounding_minor AS "roundingMinor",
      v.total_minor AS "totalMinor",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('position', l.position, 'description', l.description,
          'quantity', trim_scale(l.quantity)::text, 'unit', l.unit,
          'unitPriceMinor', trim_scale(l.unit_price_minor)::text, 'netMinor', l.net_minor::text,
          'taxRateBps', l.tax_rate_bps) ORDER BY l.position), '[]')
       FROM invoice_line l WHERE l.invoice_id = v.invoice_id AND l.version = v.version) AS lines,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('taxRateBps', t.tax_rate_bps, 'netMinor', t.net_minor::text,
          'taxMinor', t.tax_minor::text) ORDER BY t.tax_rate_bps), '[]')
       FROM invoice_tax t WHERE t.invoice_id = v.invoice_id AND t.version = v.version) AS taxes
    FROM invoice_version v
    WHERE v.invoice_id = ${invoiceId}::uuid AND (${knownAt}::timestamptz IS NULL OR v.recorded_at <= ${knownAt})
    ORDER BY v.version`
  return records.map((record) => versionView(record, locale))
}

function versionView(record: VersionRecord, locale: string): InvoiceVersionView {
  const { currency } = record
  const amount = (minor: bigint | string): AmountView => minorView(BigInt(minor), currency, locale)
  return {
    version: record.version,
    recordedAt: record.recordedAt.toISOString(),
    poNumber: record.poNumber,
    note: record.note,
    currency,
    issuedOn: dayView(record.issuedOn, locale),
    dueOn: dayView(record.dueOn, locale),
    net: amount(record.netMinor),
    tax: amount(record.taxMinor),
    rounding: amount(record.roundingMinor),
    total: amount(record.totalMinor),
    lines: record.lines.map((line) => ({
      position: line.position,
      description: line.description,
      quantity: decimalText(line.quantity, locale),
      unit: line.unit,
      unitPrice: unitPriceText(line.unitPriceMinor, currency, locale),
      net: amount(line.netMinor),
      taxRate: rateText(line.taxRateBps),
    })),
    taxes: record.taxes.map((tax) => ({
      rate: rateText(tax.taxRateBps),
      net: amount(tax.netMinor),
      tax: amount(tax.taxMinor),
    })),
  }
}

const decimalText = (decimal: string, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(decimal as Intl.StringNumericLiteral)

/** A unit price of minor units that may have a fraction, in major units: at least the currency's digits. */
function unitPriceText(minor: string, currency: string, locale: string): string {
  const exponent = currencyExponent(parseCurrency(currency))
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent + 6,
  })
  return format.format(`${minor}e-${exponent}` as Intl.StringNumericLiteral)
}
