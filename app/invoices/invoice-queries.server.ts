import { decodeCursor, encodeCursor } from '#app/invoices/invoice-cursor.ts'
import type { InvoiceFilter, InvoicePaging } from '#app/invoices/invoice-filter.ts'
import { type InvoiceFacts, invoiceRow, minorView, type Reading } from '#app/invoices/invoice-record.ts'
import {
  cursorValue,
  filterCondition,
  HOLDS_JOIN,
  type InvoiceScope,
  ordering,
  RECORD_COLUMNS,
} from '#app/invoices/invoice-sql.server.ts'
import type { InvoicePage, InvoiceSums } from '#app/invoices/invoice-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'

/** One page of the invoices that the filter keeps, with the sums of all of them. Two queries. */
export async function listInvoices(
  scope: InvoiceScope,
  filter: InvoiceFilter,
  paging: InvoicePaging,
  reading: Reading,
  client: Tx = db,
): Promise<InvoicePage> {
  const where = filterCondition(scope, filter, reading.today)
  const [found, sums] = await Promise.all([
    readPage(where, paging, client),
    sumInvoices(where, reading.locale, client),
  ])
  return {
    rows: found.records.map((record) => invoiceRow(record, reading)),
    sums,
    count: sums.reduce((count, each) => count + each.count, 0),
    before: found.hasBefore ? cursorOf(found.records[0], paging) : null,
    after: found.hasAfter ? cursorOf(found.records.at(-1), paging) : null,
  }
}

type FoundPage = { records: InvoiceFacts[]; hasBefore: boolean; hasAfter: boolean }

/** A keyset page: one row more than shown is read, to know whether there is a next page. */
async function readPage(where: Prisma.Sql, paging: InvoicePaging, client: Tx): Promise<FoundPage> {
  const before = decodeCursor(paging.before, paging.sort)
  const cursor = before ?? decodeCursor(paging.after, paging.sort)
  const { orderBy, beyond } = ordering(paging.sort, before !== null, cursor)
  const read = await client.$queryRaw<InvoiceFacts[]>`
    SELECT ${RECORD_COLUMNS}
    FROM invoice i JOIN customer c ON c.id = i.customer_id ${HOLDS_JOIN}
    WHERE ${where} AND ${beyond} ORDER BY ${orderBy} LIMIT ${paging.size + 1}`
  const hasMore = read.length > paging.size
  const records = read.slice(0, paging.size)
  if (before !== null) return { records: records.reverse(), hasBefore: hasMore, hasAfter: true }
  return { records, hasBefore: cursor !== null, hasAfter: hasMore }
}

const cursorOf = (record: InvoiceFacts | undefined, { sort }: InvoicePaging): string | null =>
  record === undefined ? null : encodeCursor({ sort, value: cursorValue(sort, record), id: record.id })

type SumRecord = {
  currency: string
  count: number
  totalMinor: bigint
  openMinor: bigint
  heldMinor: bigint
  onItsWayMinor: bigint
  disputedMinor: bigint
}

async function sumInvoices(where: Prisma.Sql, locale: string, client: Tx): Promise<InvoiceSums[]> {
  const rows = await client.$queryRaw<SumRecord[]>`
    SELECT i.currency, count(*)::int AS count, sum(i.total_minor)::bigint AS "totalMinor",
           sum(i.open_minor)::bigint AS "openMinor", sum(i.held_minor)::bigint AS "heldMinor",
           coalesce(sum(h.on_its_way), 0)::bigint AS "onItsWayMinor",
           coalesce(sum(h.disputed), 0)::bigint AS "disputedMinor"
    FROM invoice i JOIN customer c ON c.id = i.customer_id ${HOLDS_JOIN}
    WHERE ${where} GROUP BY i.currency ORDER BY i.currency`
  return rows.map((row) => ({
    currency: row.currency,
    count: row.count,
    total: minorView(row.totalMinor, row.currency, locale),
    open: minorView(row.openMinor, row.currency, locale),
    payable: minorView(row.openMinor - row.heldMinor, row.currency, locale),
    onItsWay: minorView(row.onItsWayMinor, row.currency, locale),
    disputed: minorView(row.disputedMinor, row.currency, locale),
  }))
}

/** An invoice that can be paid now and how much of it, in minor units. */
export type PayableInvoice = { readonly id: string; readonly currency: string; readonly payableMinor: bigint }

/**
 * "Select all open, undisputed": every invoice of the filter that has something payable and nothing in dispute,
 * oldest due first. One payment takes 100; the caller says so when there are more.
 */
export async function selectAllOpen(
  customerId: string,
  filter: InvoiceFilter,
  reading: Reading,
  client: Tx = db,
): Promise<PayableInvoice[]> {
  return client.$queryRaw<PayableInvoice[]>`
    SELECT i.id, i.currency, i.open_minor - i.held_minor AS "payableMinor"
    FROM invoice i JOIN customer c ON c.id = i.customer_id
    WHERE ${filterCondition({ customerId }, filter, reading.today)} AND i.open_minor - i.held_minor > 0
      AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.invoice_id = i.id AND hold.released_at IS NULL
                      AND hold.kind IN ('disputed', 'protest'))
    ORDER BY i.due_on, i.id`
}

const EXPORT_BATCH = 1000

/** Every invoice of the filter in the given order, read in batches, for exports that never hold the whole set. */
export async function* eachInvoice(
  scope: InvoiceScope,
  filter: InvoiceFilter,
  sort: InvoicePaging['sort'],
  reading: Reading,
): AsyncGenerator<InvoiceFacts> {
  const where = filterCondition(scope, filter, reading.today)
  let after: string | null = null
  do {
    const paging: InvoicePaging = { sort, after, before: null, size: EXPORT_BATCH }
    const page: FoundPage = await readPage(where, paging, db)
    yield* page.records
    after = page.hasAfter ? cursorOf(page.records.at(-1), paging) : null
  } while (after !== null)
}
