import type { Invariant } from '#app/books/invariants/invariant.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** Payouts: at the bank in the books exactly while the processor says that they were paid. */
export const PAYOUT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'payout-booked',
    meaning:
      'A payout that was paid has one journal of its amount at the bank, and one that did not last has its opposite too',
    breaches: Prisma.sql`
      SELECT 'payout ' || o.id AS subject, format('%s of %s, booked %s', o.status, o.amount_minor, coalesce(sum(l.amount_minor), 0)) AS detail
        FROM provider_payout o LEFT JOIN posting l ON l.journal_id IN (o.journal_id, o.failure_journal_id) AND l.account_code = 1000
       GROUP BY o.id
      HAVING coalesce(sum(l.amount_minor), 0) <> CASE WHEN o.status = 'paid' THEN o.amount_minor ELSE 0 END
          OR (o.failure_journal_id IS NOT NULL AND o.journal_id IS NULL)`,
  },
]
