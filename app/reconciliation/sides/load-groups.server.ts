import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'
import type { BookEntry, Group, Movement, PaymentFacts } from '#app/reconciliation/comparison/group.ts'
import { CLEARING_SOURCES } from '#app/reconciliation/sides/clearing-sources.server.ts'

const CLEARING = 1200

type Keyed<Row> = Row & { readonly key: string }

/** Both sides of what is named by these keys: ids at the processor, or keys of journals that name nothing there. */
export async function loadGroups(keys: readonly string[]): Promise<Group[]> {
  const [movements, entries, payments] = await Promise.all([
    movementsOf(keys),
    entriesOf(keys),
    paymentsOf(keys),
  ])
  return keys.map((key) => ({
    key,
    movements: movements.get(key) ?? [],
    entries: entries.get(key) ?? [],
    payments: payments.get(key) ?? [],
  }))
}

async function movementsOf(keys: readonly string[]): Promise<Map<string, Movement[]>> {
  const rows = await db.$queryRaw<Keyed<Movement>[]>`
    SELECT source_id AS key, id, kind, type, reporting_category AS "reportingCategory", amount_minor AS "amountMinor", fee_minor AS "feeMinor",
           net_minor AS "netMinor", currency, created_at AS "createdAt", source_customer_id AS "processorCustomerId"
      FROM provider_transaction WHERE source_id = ANY (${keys}::text[]) ORDER BY id`
  return Map.groupBy(rows, ({ key }) => key)
}

async function entriesOf(keys: readonly string[]): Promise<Map<string, BookEntry[]>> {
  type Row = Keyed<Omit<BookEntry, 'effectiveOn'>> & { effectiveOn: Date }
  const rows = await db.$queryRaw<Row[]>`
    WITH named AS (
      SELECT key, journal_id FROM ${CLEARING_SOURCES} WHERE key = ANY (${keys}::text[])
      UNION SELECT posting_key, id FROM journal WHERE posting_key = ANY (${keys}::text[]))
    SELECT named.key, j.id AS "journalId", j.kind, j.posting_key AS "postingKey", l.amount_minor AS "amountMinor", l.currency,
           j.effective_on AS "effectiveOn", j.recorded_at AS "recordedAt"
      FROM named JOIN journal j ON j.id = named.journal_id JOIN posting l ON l.journal_id = j.id AND l.account_code = ${CLEARING}
     ORDER BY j.id, l.line_no`
  return Map.groupBy(
    rows.map((row) => ({ ...row, effectiveOn: fromDatabaseDate(row.effectiveOn) })),
    ({ key }) => key,
  )
}

async function paymentsOf(keys: readonly string[]): Promise<Map<string, PaymentFacts[]>> {
  type Row = Keyed<Omit<PaymentFacts, 'expectedOn'>> & { expectedOn: Date | null }
  const rows = await db.$queryRaw<Row[]>`
    WITH named AS (
      SELECT stripe_charge_id AS key, id FROM payment WHERE stripe_charge_id = ANY (${keys}::text[])
      UNION SELECT source_id, source_payment_id FROM provider_transaction
             WHERE source_id = ANY (${keys}::text[]) AND source_payment_id IS NOT NULL
      UNION SELECT j.posting_key, j.record_id FROM journal j WHERE j.posting_key = ANY (${keys}::text[]))
    SELECT named.key, p.id, p.number, p.state::text AS state, p.customer_id AS "customerId", p.stripe_charge_id AS "chargeId",
           p.expected_on AS "expectedOn",
           array_remove(array_agg(DISTINCT c.stripe_customer_id) || array_agg(DISTINCT a.request->>'customer'), NULL) AS "processorCustomerIds"
      FROM named JOIN payment p ON p.id = named.id JOIN customer c ON c.id = p.customer_id
      LEFT JOIN payment_attempt a ON a.payment_id = p.id
     GROUP BY named.key, p.id ORDER BY p.id`
  return Map.groupBy(
    rows.map((row) => ({ ...row, expectedOn: row.expectedOn && fromDatabaseDate(row.expectedOn) })),
    ({ key }) => key,
  )
}
