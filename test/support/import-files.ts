import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'

const folder = mkdtempSync(join(tmpdir(), 'quittance-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let written = 0

/** Writes a file for an import and answers its path; removed when the test file ends. */
export function importFile(content: string | Uint8Array): string {
  written += 1
  const path = join(folder, `file-${written}.csv`)
  writeFileSync(path, content)
  return path
}

/** The one supplier, without which no day is known. */
export async function createSupplier(): Promise<void> {
  await db.supplier.create({
    data: {
      id: newId(),
      name: 'Test Supplier',
      legalName: 'Test Supplier LLC',
      addressLines: ['1 Test Street'],
      countryCode: 'US',
      email: 'ar@supplier.test',
      timeZone: 'America/New_York',
      createdAt: new Date('2026-01-01T00:00:00Z'),
    },
  })
}

/** What the books hold, as figures to compare before and after. */
export async function bookFigures(): Promise<Record<string, string>> {
  const rows = await db.$queryRaw<Record<string, string>[]>`
    SELECT (SELECT count(*) FROM invoice)::text AS invoices,
           (SELECT count(*) FROM invoice_version)::text AS versions,
           (SELECT count(*) FROM customer)::text AS customers,
           (SELECT count(*) FROM payment)::text AS payments,
           (SELECT count(*) FROM dispute)::text AS disputes,
           (SELECT count(*) FROM journal)::text AS journals,
           (SELECT count(*) FROM ledger_event)::text AS events,
           (SELECT coalesce(sum(total_minor), 0) FROM invoice)::text AS total,
           (SELECT coalesce(sum(amount_minor), 0) FROM posting)::text AS balance,
           (SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE account_code = 1100)::text AS receivable`
  return rows[0] ?? {}
}
