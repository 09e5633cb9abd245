import { Prisma } from '#app/platform/generated/client.ts'

/**
 * Which charge, refund or dispute at the processor each journal on provider clearing is of: (key, journal_id); payouts are compared
 * by themselves. One definition for both directions: the caller filters by either column, and the database takes the filter into every branch. So
 * each join names the other row from both ends, by the journal's key and by what the journal says itself.
 */
export const CLEARING_SOURCES = Prisma.sql`(
  SELECT p.stripe_charge_id AS key, j.id AS journal_id FROM payment p
    JOIN journal j ON j.posting_key = 'payment.settled:' || p.id AND j.record_id = p.id
   WHERE p.stripe_charge_id IS NOT NULL
  UNION ALL
  -- Settled before the processor had told the charge.
  SELECT t.source_id, j.id FROM provider_transaction t JOIN payment p ON p.id = t.source_payment_id AND p.stripe_charge_id IS NULL
    JOIN journal j ON j.posting_key = 'payment.settled:' || p.id AND j.record_id = p.id WHERE t.kind = 'payment'
  UNION ALL SELECT r.provider_id, r.journal_id FROM payment_reversal r
  UNION ALL SELECT r.provider_id, x.journal_id FROM payment_restoration x JOIN payment_reversal r ON r.id = x.reversal_id
  UNION ALL SELECT o.provider_id, o.journal_id FROM payment_overdraft o WHERE o.journal_id IS NOT NULL
  UNION ALL SELECT o.provider_id, e.journal_id FROM payment_overdraft_end e JOIN payment_overdraft o ON o.id = e.overdraft_id
  UNION ALL SELECT f.provider_refund_id, j.id FROM refund f
    JOIN journal j ON j.posting_key IN ('refund.paid:' || f.id, 'refund.returned:' || f.id) WHERE f.provider_refund_id IS NOT NULL
  UNION ALL SELECT c.provider_dispute_id, j.id FROM chargeback c
    JOIN journal j ON j.posting_key IN ('chargeback.withdrawn:' || c.id, 'chargeback.reinstated:' || c.id)
  UNION ALL SELECT t.source_id, j.id FROM provider_transaction t
    JOIN journal j ON j.posting_key = 'provider.fee:' || t.id AND t.id = substr(j.posting_key, length('provider.fee:') + 1)
  UNION ALL
  -- A fee of a transaction that the processor does not know goes with its payment.
  SELECT p.stripe_charge_id, j.id FROM payment p JOIN journal j ON j.record_id = p.id AND j.kind = 'provider.fee'
   WHERE p.stripe_charge_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM provider_transaction t WHERE t.id = substr(j.posting_key, length('provider.fee:') + 1))
) AS source(key, journal_id)`
