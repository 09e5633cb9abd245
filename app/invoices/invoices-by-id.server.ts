import type { InvoiceId } from '#app/books/ids.ts'
import { type InvoiceFacts, invoiceRow, type Reading } from '#app/invoices/invoice-record.ts'
import { HOLDS_JOIN, type InvoiceScope, RECORD_COLUMNS } from '#app/invoices/invoice-sql.server.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** The invoices with these ids that the scope has, oldest due first; ids of others are left out. One query. */
export async function listInvoicesById(
  scope: InvoiceScope,
  ids: readonly InvoiceId[],
  reading: Reading,
  client: Tx = db,
): Promise<InvoiceRow[]> {
  if (ids.length === 0) return []
  const owner = 'all' in scope ? Prisma.sql`TRUE` : Prisma.sql`i.customer_id = ${scope.customerId}::uuid`
  const records = await client.$queryRaw<InvoiceFacts[]>`
    SELECT ${RECORD_COLUMNS} FROM invoice i JOIN customer c ON c.id = i.customer_id ${HOLDS_JOIN}
    WHERE i.id = ANY(${[...ids]}::uuid[]) AND ${owner} ORDER BY i.due_on, i.id`
  return records.map((record) => invoiceRow(record, reading))
}
