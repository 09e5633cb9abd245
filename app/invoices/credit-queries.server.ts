import { encodeId } from '#app/books/ids.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import type { DayView } from '#app/invoices/invoice-view.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

/** Credit of a customer that is not applied yet: a credit memo, or what a payment brought in too much. */
export type CreditRow = {
  readonly id: string
  readonly kind: 'credit-memo' | 'payment'
  readonly number: string
  readonly on: DayView
  /** Why it was given; null for a payment. */
  readonly reason: string | null
  readonly total: AmountView
  readonly remaining: AmountView
}

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
