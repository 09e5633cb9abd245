import { invoiceHashes } from '#app/imports/content-hash.ts'
import { type ImportedInvoice, importedInvoiceSchema } from '#app/imports/imported-invoice.ts'
import { type BookedInvoice, type InvoicePlan, planInvoice } from '#app/imports/plan-invoice.ts'
import { type Field, type Profile, parseProfile } from '#app/imports/profile.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { ImportBatch } from '#app/platform/generated/client.ts'
import { type BusinessDate, fromDatabaseDate } from '#app/platform/time.ts'

export type StagedInvoice = { lineNo: number; invoice: ImportedInvoice | null }

/** A row with what it does; `plan` is null for a row that could not be read. */
export type PlannedRow = {
  lineNo: number
  invoice: ImportedInvoice
  plan: InvoicePlan
  booked: BookedInvoice | null
  customerId: string | null
  hashes: { contentHash: string; amountHash: string }
}

/** The staged rows of a batch in order of line, in chunks. */
export async function* stagedRows(
  client: Tx,
  batchId: string,
  chunk: number,
): AsyncGenerator<StagedInvoice[]> {
  for (let after = -1; ; ) {
    const rows = await client.importRow.findMany({
      where: { batchId, lineNo: { gt: after } },
      orderBy: { lineNo: 'asc' },
      take: chunk,
      select: { lineNo: true, data: true },
    })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(({ lineNo, data }) => ({
      lineNo,
      invoice: data === null ? null : importedInvoiceSchema.parse(data),
    }))
    after = last.lineNo
  }
}

/** Lines whose invoice stands already further up in the same file, with that first line. */
export async function duplicatesOf(client: Tx, batchId: string): Promise<Map<number, number>> {
  const rows = await client.$queryRaw<{ lines: number[] }[]>`
    SELECT array_agg(line_no ORDER BY line_no) AS lines FROM import_row
     WHERE batch_id = ${batchId}::uuid AND data IS NOT NULL
     GROUP BY data->>'number' HAVING count(*) > 1`
  return new Map(
    rows.flatMap(({ lines: [first = 0, ...others] }) => others.map((line) => [line, first] as const)),
  )
}

/** The batch's profile. Throws when it no longer fits the schema, which stageFile made sure of. */
export function profileOf(batch: Pick<ImportBatch, 'mapping'>): Profile {
  const parsed = parseProfile(batch.mapping)
  if (!parsed.ok) throw new Error(`the mapping of the batch cannot be used: ${parsed.problems.join('; ')}`)
  return parsed.profile
}

/** Plans a chunk of rows against the books as `client` sees them. */
export async function planRows(
  client: Tx,
  batch: Pick<ImportBatch, 'source' | 'correct' | 'mapping'>,
  invoices: readonly ImportedInvoice[],
  facts: { duplicates: ReadonlyMap<number, number>; today: BusinessDate },
): Promise<PlannedRow[]> {
  const booked = await bookedInvoices(client, batch.source, invoices)
  const customers = await knownCustomers(client, batch.source, invoices)
  const profile = profileOf(batch)
  const columnOf = (field: Field): string => {
    const source = profile.fields[field]
    return source !== undefined && 'column' in source ? source.column : field
  }
  return invoices.map((invoice) => {
    const context = {
      hashes: invoiceHashes(invoice),
      booked: booked.get(invoice.number) ?? null,
      customerId: customers.get(invoice.customer.number) ?? null,
      duplicateOf: facts.duplicates.get(invoice.lineNo) ?? null,
      correct: batch.correct,
      today: facts.today,
      columnOf,
    }
    const { booked: before, customerId, hashes } = context
    return {
      lineNo: invoice.lineNo,
      invoice,
      plan: planInvoice(invoice, context),
      booked: before,
      customerId,
      hashes,
    }
  })
}

type BookedRow = Omit<BookedInvoice, 'dueOn' | 'importedPaymentOn' | 'takenBackOn'> & {
  externalNumber: string
  dueOn: Date
  importedPaymentOn: Date | null
  takenBackOn: Date | null
}

async function bookedInvoices(
  client: Tx,
  source: string,
  invoices: readonly ImportedInvoice[],
): Promise<Map<string, BookedInvoice>> {
  const numbers = invoices.map(({ number }) => number)
  const rows = await client.$queryRaw<BookedRow[]>`
    -- Found first and by its own index: without statistics of a table that grows in this transaction the join is misjudged.
    WITH i AS MATERIALIZED (
      SELECT * FROM invoice WHERE source = ${source} AND external_number = ANY(${numbers}::text[])
    )
    SELECT i.external_number AS "externalNumber", i.id, i.customer_id AS "customerId", i.currency, i.due_on AS "dueOn",
           i.total_minor AS "totalMinor", i.open_minor AS "openMinor", i.held_minor AS "heldMinor",
           v.content_hash AS "contentHash", v.amount_hash AS "amountHash",
           (SELECT min(p.settled_on) FROM payment_item AS item JOIN payment p ON p.id = item.payment_id
             WHERE item.invoice_id = i.id AND p.method = 'imported') AS "importedPaymentOn",
           (SELECT max(a.effective_on) FROM allocation a
             WHERE a.invoice_id = i.id AND a.reverses_id IS NOT NULL) AS "takenBackOn",
           EXISTS (SELECT FROM dispute d WHERE d.invoice_id = i.id AND d.reason = 'imported') AS "hasImportedDispute"
      FROM i JOIN invoice_version v ON v.invoice_id = i.id AND v.version = i.document_version`
  return new Map(
    rows.map(({ externalNumber, dueOn, importedPaymentOn, takenBackOn, ...row }) => [
      externalNumber,
      {
        ...row,
        dueOn: fromDatabaseDate(dueOn),
        importedPaymentOn: importedPaymentOn === null ? null : fromDatabaseDate(importedPaymentOn),
        takenBackOn: takenBackOn === null ? null : fromDatabaseDate(takenBackOn),
      },
    ]),
  )
}

/** Customers that a source names: by its own key first, else by the account number that both sides use. */
export async function knownCustomers(
  client: Tx,
  source: string,
  invoices: readonly ImportedInvoice[],
): Promise<Map<string, string>> {
  const numbers = [...new Set(invoices.map(({ customer }) => customer.number))]
  const rows = await client.customer.findMany({
    where: { OR: [{ source, externalId: { in: numbers } }, { number: { in: numbers } }] },
    select: { id: true, number: true, source: true, externalId: true },
  })
  const known = new Map(rows.map(({ number, id }) => [number, id]))
  for (const row of rows) if (row.source === source) known.set(row.externalId, row.id)
  return known
}
