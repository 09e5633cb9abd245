/** Which groups a comparison looks at, page by page: each page begins after the last key of the one before. */
import { db } from '#app/platform/db.server.ts'
import { type BusinessDate, toDatabaseDate } from '#app/platform/time.ts'
import { CLEARING_SOURCES } from '#app/reconciliation/sides/clearing-sources.server.ts'

/** Small enough that looking each key up by an index is the cheaper way, however large the tables are. */
const PAGE = 500

export type Days = { readonly from: BusinessDate; readonly to: BusinessDate }

/**
 * Sources with a movement in the days, as the supplier's zone counts them. A payout is compared by itself, with its movements and the
 * bank's line; its own movements are no group.
 */
export async function* keysOfProcessor(days: Days, timeZone: string): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const rows = await db.$queryRaw<{ key: string }[]>`
      SELECT DISTINCT source_id AS key FROM provider_transaction
       WHERE source_id > ${after} AND kind <> 'payout'
         AND created_at >= ${days.from}::date::timestamp AT TIME ZONE ${timeZone}
         AND created_at < (${days.to}::date + 1)::timestamp AT TIME ZONE ${timeZone}
       ORDER BY source_id LIMIT ${PAGE}`
    if (rows.length === 0) return
    yield rows.map(({ key }) => key)
    after = rows.at(-1)?.key ?? after
  }
}

/**
 * Groups with a journal in the days and no movement in them. Payments that were brought in as history never were at this
 * processor, a fee goes with its movement, and payouts are compared by themselves.
 */
export async function* keysOfBooksAlone(days: Days, timeZone: string): AsyncGenerator<string[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const journals = await db.$queryRaw<{ id: string; postingKey: string }[]>`
      SELECT j.id, j.posting_key AS "postingKey" FROM journal j LEFT JOIN payment p ON p.id = j.record_id
       WHERE j.id > ${after}::uuid AND p.request_hash IS DISTINCT FROM 'imported' AND j.effective_on BETWEEN ${toDatabaseDate(days.from)}::date AND ${toDatabaseDate(days.to)}::date
         AND EXISTS (SELECT FROM posting l WHERE l.journal_id = j.id AND l.account_code = 1200)
         AND NOT (j.kind = 'provider.fee' AND EXISTS (
               SELECT FROM provider_transaction t WHERE t.id = substr(j.posting_key, length('provider.fee:') + 1)))
         AND NOT EXISTS (SELECT FROM provider_payout o WHERE o.journal_id = j.id OR o.failure_journal_id = j.id)
       ORDER BY j.id LIMIT ${PAGE}`
    if (journals.length === 0) return
    yield await keysAlone(journals, days, timeZone)
    after = journals.at(-1)?.id ?? after
  }
}

async function keysAlone(
  journals: readonly { id: string; postingKey: string }[],
  days: Days,
  timeZone: string,
): Promise<string[]> {
  const ids = journals.map(({ id }) => id)
  const named = await db.$queryRaw<{ journalId: string; key: string }[]>`
    SELECT journal_id AS "journalId", key FROM ${CLEARING_SOURCES} WHERE journal_id = ANY (${ids}::uuid[])`
  const keyOf = new Map(named.map(({ journalId, key }) => [journalId, key]))
  const keys = [...new Set(journals.map(({ id, postingKey }) => keyOf.get(id) ?? postingKey))]
  const met = await db.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT source_id AS key FROM provider_transaction
     WHERE source_id = ANY (${keys}::text[])
       AND created_at >= ${days.from}::date::timestamp AT TIME ZONE ${timeZone}
       AND created_at < (${days.to}::date + 1)::timestamp AT TIME ZONE ${timeZone}`
  const seen = new Set(met.map(({ key }) => key))
  return keys.filter((key) => !seen.has(key))
}

/** What open cases are about that this comparison has not seen yet: what is gone is found gone however long ago it happened. */
export async function* keysOfOpenCases(seenAt: Date): AsyncGenerator<string[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await db.$queryRaw<{ id: string; key: string }[]>`
      SELECT id, subject_id AS key FROM exception_case
       WHERE id > ${after}::uuid AND resolved_at IS NULL AND kind LIKE 'reconcile.%' AND subject_id IS NOT NULL AND seen_at < ${seenAt}
         AND kind NOT IN ('reconcile.payout-unmatched', 'reconcile.bank-line-unmatched', 'reconcile.chain-differs')
       ORDER BY id LIMIT ${PAGE}`
    if (rows.length === 0) return
    yield [...new Set(rows.map(({ key }) => key))]
    after = rows.at(-1)?.id ?? after
  }
}
