import { encodeId } from '#app/books/ids.ts'
import type { CreditRow } from '#app/invoices/credit-view.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

type CreditRecord = {
  id: string
  kind: CreditRow['kind']
  number: string
  on: string
  reason: string | null
  currency: string
  totalMinor: bigint
  remainingMinor: bigint
}

/** The rows behind the figure "unapplied credit" of the account home, newest first. */
export async function listCredits(customerId: string, locale: string, client: Tx = db): Promise<CreditRow[]> {
  const records = await client.$queryRaw<CreditRecord[]>`
    SELECT id, 'credit-memo' AS kind, number, issued_on::text AS "on", reason, currency,
           total_minor AS "totalMinor", remaining_minor AS "remainingMinor"
    FROM credit_memo WHERE customer_id = ${customerId}::uuid AND remaining_minor > 0
    UNION ALL
    SELECT id, 'payment', number, coalesce(settled_on, created_at::date)::text, NULL, currency,
           received_minor, unallocated_minor
    FROM payment WHERE customer_id = ${customerId}::uuid AND unallocated_minor > 0
    ORDER BY "on" DESC, id`
  return records.map((record) => ({
    id: record.kind === 'payment' ? encodeId('pay', record.id) : encodeId('crm', record.id),
    kind: record.kind,
    number: record.number,
    on: dayView(record.on, locale),
    reason: record.reason,
    total: minorView(record.totalMinor, record.currency, locale),
    remaining: minorView(record.remainingMinor, record.currency, locale),
  }))
}
