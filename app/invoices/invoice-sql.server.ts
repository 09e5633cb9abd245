import type { InvoiceCursor } from '#app/invoices/invoice-cursor.ts'
import type { InvoiceFilter, InvoiceSort } from '#app/invoices/invoice-filter.ts'
import type { InvoiceFacts } from '#app/invoices/invoice-record.ts'
import type { InvoiceStatus } from '#app/invoices/invoice-view.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** Whose invoices a query may read: one customer's, or all of them for staff. There is no default. */
export type InvoiceScope = { readonly customerId: string } | { readonly all: true }

/** The columns of an InvoiceFacts, from `invoice i`, `customer c` and the holds `h`. */
export const RECORD_COLUMNS: Prisma.Sql = Prisma.sql`
  i.id, i.kind::text AS kind, i.number, i.external_number AS "externalNumber", i.po_number AS "poNumber",
  i.currency, i.issued_on::text AS "issuedOn", i.due_on::text AS "dueOn", i.settled_on::text AS "settledOn",
  i.total_minor AS "totalMinor", i.open_minor AS "openMinor", i.held_minor AS "heldMinor",
  coalesce(h.on_its_way, 0)::bigint AS "onItsWayMinor", coalesce(h.disputed, 0)::bigint AS "disputedMinor",
  i.customer_id AS "customerId", c.number AS "customerNumber", c.name AS "customerName"`

/** Sums of the active holds of each invoice that has any. */
export const HOLDS_JOIN: Prisma.Sql = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT sum(amount_minor) FILTER (WHERE hold.kind IN ('reserved', 'processing')) AS on_its_way,
           sum(amount_minor) FILTER (WHERE hold.kind IN ('disputed', 'protest')) AS disputed
    FROM hold WHERE hold.invoice_id = i.id AND hold.released_at IS NULL
  ) h ON i.held_minor <> 0`

const holdExists = (kinds: Prisma.Sql): Prisma.Sql => Prisma.sql`(i.held_minor <> 0 AND EXISTS (
  SELECT 1 FROM hold WHERE hold.invoice_id = i.id AND hold.released_at IS NULL AND hold.kind IN (${kinds})))`

function statusCondition(status: InvoiceStatus, today: BusinessDate): Prisma.Sql | null {
  switch (status) {
    case 'all':
      return null
    case 'open':
      return Prisma.sql`i.open_minor > 0`
    case 'not-due':
      return Prisma.sql`i.open_minor > 0 AND i.due_on >= ${today}::date`
    case 'past-due':
      return Prisma.sql`i.open_minor > 0 AND i.due_on < ${today}::date`
    case 'disputed':
      return holdExists(Prisma.sql`'disputed', 'protest'`)
    case 'on-its-way':
      return holdExists(Prisma.sql`'reserved', 'processing'`)
    case 'settled':
      return Prisma.sql`i.open_minor = 0`
  }
}

const pattern = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`

/** The condition of a filter within a scope, for `invoice i` joined with `customer c`; `today` is the supplier's day. */
export function filterCondition(scope: InvoiceScope, filter: InvoiceFilter, today: BusinessDate): Prisma.Sql {
  const parts: (Prisma.Sql | null)[] = [
    'all' in scope ? Prisma.sql`TRUE` : Prisma.sql`i.customer_id = ${scope.customerId}::uuid`,
    statusCondition(filter.status, today),
    filter.dueFrom === null ? null : Prisma.sql`i.due_on >= ${filter.dueFrom}::date`,
    filter.dueTo === null ? null : Prisma.sql`i.due_on <= ${filter.dueTo}::date`,
    filter.minMinor === null ? null : Prisma.sql`i.total_minor >= ${filter.minMinor}`,
    filter.maxMinor === null ? null : Prisma.sql`i.total_minor <= ${filter.maxMinor}`,
    filter.currency === null ? null : Prisma.sql`i.currency = ${filter.currency}`,
    filter.poNumber === null ? null : Prisma.sql`i.po_number ILIKE ${pattern(filter.poNumber)}`,
    filter.text === null ? null : textCondition(scope, pattern(filter.text)),
  ]
  return Prisma.join(
    parts.filter((part) => part !== null),
    ' AND ',
  )
}

function textCondition(scope: InvoiceScope, like: string): Prisma.Sql {
  const ofInvoice = Prisma.sql`i.number ILIKE ${like} OR i.external_number ILIKE ${like} OR i.po_number ILIKE ${like}
    OR EXISTS (SELECT 1 FROM invoice_line l WHERE l.invoice_id = i.id AND l.version = i.document_version
               AND l.description ILIKE ${like})`
  if (!('all' in scope)) return Prisma.sql`(${ofInvoice})`
  return Prisma.sql`(i.number ILIKE ${like} OR i.external_number ILIKE ${like} OR i.po_number ILIKE ${like}
    OR c.name ILIKE ${like} OR c.number ILIKE ${like})`
}

type Direction = 'asc' | 'desc'

const COLUMNS: Record<string, { column: Prisma.Sql; cast: Prisma.Sql }> = {
  issued: { column: Prisma.sql`i.issued_on`, cast: Prisma.sql`date` },
  due: { column: Prisma.sql`i.due_on`, cast: Prisma.sql`date` },
  number: { column: Prisma.sql`i.number`, cast: Prisma.sql`text` },
  open: { column: Prisma.sql`i.open_minor`, cast: Prisma.sql`bigint` },
  total: { column: Prisma.sql`i.total_minor`, cast: Prisma.sql`bigint` },
}

/** The order of a sort, the id deciding among equals; `backwards` turns it round to read the page before. */
export function ordering(
  sort: InvoiceSort,
  backwards: boolean,
  cursor: InvoiceCursor | null,
): { orderBy: Prisma.Sql; beyond: Prisma.Sql } {
  const cut = sort.lastIndexOf('-')
  const entry = COLUMNS[sort.slice(0, cut)]
  if (entry === undefined) throw new Error(`No column for the order ${sort}`)
  const direction = sort.slice(cut + 1) as Direction
  const descends = (direction === 'desc') !== backwards
  const way = descends ? Prisma.sql`DESC` : Prisma.sql`ASC`
  const orderBy = Prisma.sql`${entry.column} ${way}, i.id ${way}`
  if (cursor === null) return { orderBy, beyond: Prisma.sql`TRUE` }
  const sign = descends ? Prisma.sql`<` : Prisma.sql`>`
  const key = Prisma.sql`(CAST(${cursor.value} AS ${entry.cast}), ${cursor.id}::uuid)`
  return { orderBy, beyond: Prisma.sql`(${entry.column}, i.id) ${sign} ${key}` }
}

/** What the cursor of a row holds for a sort. */
export function cursorValue(sort: InvoiceSort, record: InvoiceFacts): string {
  switch (sort.slice(0, sort.lastIndexOf('-'))) {
    case 'issued':
      return record.issuedOn
    case 'due':
      return record.dueOn
    case 'number':
      return record.number
    case 'open':
      return record.openMinor.toString()
    default:
      return record.totalMinor.toString()
  }
}
