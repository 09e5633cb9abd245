import type { DocumentParty } from '#app/documents/letterhead.server.ts'
import { customerParty, getCustomer } from '#app/documents/parties.server.ts'
import { findInvoiceFacts } from '#app/invoices/get-invoice.server.ts'
import type { InvoiceVersionView } from '#app/invoices/invoice-detail.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import type { InvoiceScope } from '#app/invoices/invoice-sql.server.ts'
import { readVersions } from '#app/invoices/invoice-versions.server.ts'
import type { DayView } from '#app/invoices/invoice-view.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Supplier } from '#app/platform/generated/client.ts'

/** What came off an invoice, or went back on it (negative), on the printed paper. */
export type PrintedMovement = { readonly what: string; readonly on: DayView; readonly amount: AmountView }

/** An invoice as it is printed: one version of its text, and what was paid on it, both as known at an instant. */
export type InvoiceDocument = {
  readonly invoiceId: string
  readonly customerId: string
  readonly kind: 'invoice' | 'fee'
  readonly number: string
  readonly currency: string
  readonly issuedOn: DayView
  readonly customer: DocumentParty
  readonly version: InvoiceVersionView
  /** False for a version that a later one replaced. */
  readonly isCurrent: boolean
  readonly movements: readonly PrintedMovement[]
  readonly open: AmountView
  /** Day on which the last of it was settled; null while anything is open. */
  readonly settledOn: DayView | null
  readonly knownAt: Date
}

type MovementRecord = {
  what: 'payment' | 'credit' | 'discount' | 'write_off' | 'tolerance'
  number: string
  on: string
  minor: bigint
}

/**
 * Reads an invoice for print, or null when the scope has none of that id and version. `knownAt` defaults to the
 * last change of the invoice; `version` to the one that was current then.
 */
export async function readInvoiceDocument(
  scope: InvoiceScope,
  invoiceId: string,
  supplier: Pick<Supplier, 'locale'>,
  chosen: { readonly version?: number | undefined; readonly knownAt?: Date | undefined } = {},
  client: Tx = db,
): Promise<InvoiceDocument | null> {
  const { locale } = supplier
  const facts = await findInvoiceFacts(scope, invoiceId, client)
  if (facts === null) return null
  const knownAt = chosen.knownAt ?? (await lastChangeOf(invoiceId, client))
  const versions = await readVersions(invoiceId, locale, knownAt, client)
  const last = versions.at(-1)
  const version =
    chosen.version === undefined ? last : versions.find((each) => each.version === chosen.version)
  if (version === undefined) return null
  const { currency } = version
  const [customer, movements, balance] = await Promise.all([
    getCustomer(facts.customerId, client),
    readPrintedMovements(invoiceId, knownAt, client),
    readBalance(invoiceId, currency, knownAt, client),
  ])
  return {
    invoiceId,
    customerId: facts.customerId,
    kind: facts.kind,
    number: facts.number,
    currency,
    issuedOn: version.issuedOn,
    customer: customerParty(customer),
    version,
    isCurrent: version === last,
    movements: movements.map((each) => ({
      what: `${movementWord(each)} ${each.number}`.trim(),
      on: dayView(each.on, locale),
      amount: minorView(each.minor, currency, locale),
    })),
    open: minorView(balance.openMinor, currency, locale),
    settledOn: balance.openMinor === 0n && balance.lastOn !== null ? dayView(balance.lastOn, locale) : null,
    knownAt,
  }
}

function movementWord(record: MovementRecord): string {
  if (record.what === 'credit') return 'Credit'
  if (record.what === 'discount') return record.minor < 0n ? 'Discount taken back' : 'Early-payment discount'
  if (record.what !== 'payment') return 'Written off'
  return record.minor < 0n ? 'Taken back: payment' : 'Payment'
}

async function lastChangeOf(invoiceId: string, client: Tx): Promise<Date> {
  const rows = await client.$queryRaw<{ at: Date }[]>`
    SELECT greatest((SELECT max(recorded_at) FROM posting WHERE invoice_id = ${invoiceId}::uuid AND account_code = 1100),
                    (SELECT max(recorded_at) FROM invoice_version WHERE invoice_id = ${invoiceId}::uuid)) AS at`
  const at = rows[0]?.at
  if (at === undefined) throw new Error(`Invoice ${invoiceId} was never booked`)
  return at
}

async function readBalance(
  invoiceId: string,
  currency: string,
  knownAt: Date,
  client: Tx,
): Promise<{ openMinor: bigint; lastOn: string | null }> {
  const rows = await client.$queryRaw<{ openMinor: bigint; lastOn: string | null }[]>`
    SELECT coalesce(sum(amount_minor), 0)::bigint AS "openMinor", max(effective_on)::text AS "lastOn" FROM posting
    WHERE invoice_id = ${invoiceId}::uuid AND account_code = 1100 AND currency = ${currency}
      AND recorded_at <= ${knownAt}`
  return rows[0] ?? { openMinor: 0n, lastOn: null }
}

async function readPrintedMovements(invoiceId: string, knownAt: Date, client: Tx): Promise<MovementRecord[]> {
  return client.$queryRaw<MovementRecord[]>`
    SELECT CASE WHEN a.payment_id IS NOT NULL THEN 'payment' WHEN d.id IS NOT NULL THEN d.kind::text ELSE 'credit' END AS what,
           coalesce(p.number, m.number, '') AS number, a.effective_on::text AS "on", a.amount_minor AS minor
    FROM allocation a LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN credit_memo m ON m.id = a.credit_memo_id
      LEFT JOIN adjustment d ON d.id = a.adjustment_id
    WHERE a.invoice_id = ${invoiceId}::uuid AND a.recorded_at <= ${knownAt}
    ORDER BY a.effective_on, a.recorded_at, a.id`
}
