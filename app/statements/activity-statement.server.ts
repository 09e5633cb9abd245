import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import type { BusinessDate } from '#app/platform/time.ts'
import { type EntryRecord, entryWords } from '#app/statements/entry-words.ts'
import { runBalance } from '#app/statements/running-balance.ts'
import type { ActivityStatement } from '#app/statements/statement-view.ts'

export type ActivityQuery = {
  readonly customerId: string
  readonly from: BusinessDate
  readonly to: BusinessDate
  /** Postings recorded later are left out. */
  readonly knownAt: Date
  /** All currencies of the account when absent. */
  readonly currency?: string | undefined
  readonly locale: string
}

type TotalRecord = { currency: string; openingMinor: bigint; closingMinor: bigint }
type Row = TotalRecord & (EntryRecord | { journalId: null })

/**
 * The activity statement of a customer from the start of `from` to the end of `to`, one per currency. Balances are
 * the customer's postings on receivable and unapplied credit; a payment is one row, however many invoices it paid,
 * and applying a credit moves no balance. One query, so that rows and balances are of one instant.
 */
export async function activityStatements(
  query: ActivityQuery,
  client: Tx = db,
): Promise<ActivityStatement[]> {
  const rows = await client.$queryRaw<Row[]>`
    WITH leg AS MATERIALIZED (
      SELECT p.journal_id, p.currency, p.effective_on, sum(p.amount_minor)::bigint AS amount,
             count(*) FILTER (WHERE p.account_code = 1100)::int AS invoices
      FROM posting p
      WHERE p.customer_id = ${query.customerId}::uuid AND p.account_code IN (1100, 2200)
        AND p.effective_on <= ${query.to}::date AND p.recorded_at <= ${query.knownAt}
        ${query.currency === undefined ? Prisma.empty : Prisma.sql`AND p.currency = ${query.currency}`}
      GROUP BY p.journal_id, p.currency, p.effective_on
    ), total AS (
      SELECT currency, coalesce(sum(amount) FILTER (WHERE effective_on < ${query.from}::date), 0)::bigint AS opening,
             sum(amount)::bigint AS closing
      FROM leg GROUP BY currency
    )
    SELECT total.currency, total.opening AS "openingMinor", total.closing AS "closingMinor", entry.*
    FROM total LEFT JOIN LATERAL (
      SELECT leg.journal_id AS "journalId", leg.effective_on::text AS "effectiveOn", leg.amount AS "amountMinor",
             leg.invoices, j.kind AS "journalKind", i.id AS "invoiceId", i.number AS "invoiceNumber",
             i.kind::text AS "invoiceKind", m.id AS "creditMemoId", m.number AS "creditNumber", m.reason,
             y.id AS "paymentId", y.number AS "paymentNumber", y.method::text AS method,
             y.card_brand AS "cardBrand", y.card_last4 AS "cardLast4", r.kind::text AS "reversalKind",
             d.kind::text AS "adjustmentKind", di.id AS "adjustedInvoiceId", di.number AS "adjustedInvoiceNumber", j.recorded_at
      FROM leg JOIN journal j ON j.id = leg.journal_id
      LEFT JOIN invoice i ON i.id = j.record_id
      LEFT JOIN credit_memo m ON m.id = j.record_id
      LEFT JOIN payment_reversal r ON r.journal_id = j.id
      LEFT JOIN payment y ON y.id = coalesce(r.payment_id, j.record_id)
      LEFT JOIN adjustment d ON d.id = j.record_id
      LEFT JOIN invoice di ON di.id = d.invoice_id
      WHERE leg.currency = total.currency AND leg.effective_on >= ${query.from}::date AND leg.amount <> 0
    ) entry ON TRUE
    ORDER BY total.currency, entry."effectiveOn",
      array_position(ARRAY['invoice.issued', 'credit.issued', 'payment.settled', 'invoice.withdrawn'], entry."journalKind"),
      entry.recorded_at, coalesce(entry."invoiceNumber", entry."creditNumber", entry."paymentNumber"), entry."journalId"`
  const currencies = Map.groupBy(rows, (row) => row.currency)
  return [...currencies.values()].map((ofCurrency) => statement(query, ofCurrency))
}

function statement(query: ActivityQuery, rows: readonly Row[]): ActivityStatement {
  const total = rows[0]
  if (total === undefined) throw new Error('a currency has no rows')
  const { currency } = total
  const amount = (minor: bigint): AmountView => minorView(minor, currency, query.locale)
  const entries = rows.filter((row): row is TotalRecord & EntryRecord => row.journalId !== null)
  const running = runBalance(total.openingMinor, entries, total.closingMinor)
  return {
    currency,
    from: dayView(query.from, query.locale),
    to: dayView(query.to, query.locale),
    knownAt: query.knownAt.toISOString(),
    opening: amount(running.openingMinor),
    closing: amount(running.closingMinor),
    totalDebit: amount(running.debitMinor),
    totalCredit: amount(running.creditMinor),
    rows: running.entries.map((entry) => ({
      key: entry.journalId,
      on: dayView(entry.effectiveOn, query.locale),
      ...entryWords(entry),
      debit: entry.debitMinor === null ? null : amount(entry.debitMinor),
      credit: entry.creditMinor === null ? null : amount(entry.creditMinor),
      balance: amount(entry.balanceMinor),
    })),
  }
}
