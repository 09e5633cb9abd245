import type { Invariant } from '#app/books/invariants/invariant.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** Payments: one effect each, every unit of them accounted for, holds only while money is under way. */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'payment-allocated',
    meaning:
      'Received = applied + unapplied + surcharge kept + taken back, and applied never exceeds received',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject,
             format('received %s, applied %s, unapplied %s, surcharge %s, taken back %s', p.received_minor, coalesce(a.amount, 0), p.unallocated_minor, coalesce(s.amount, 0), p.reversed_minor) AS detail
        FROM payment p LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount FROM allocation GROUP BY payment_id) AS a ON a.payment_id = p.id
        LEFT JOIN (SELECT j.record_id, -sum(l.amount_minor) AS amount FROM posting l JOIN journal j ON j.id = l.journal_id WHERE l.account_code = 4100 GROUP BY j.record_id) AS s ON s.record_id = p.id
       WHERE p.received_minor <> coalesce(a.amount, 0) + p.unallocated_minor + coalesce(s.amount, 0) + p.reversed_minor OR coalesce(a.amount, 0) < 0`,
  },
  {
    name: 'payment-has-one-effect',
    meaning:
      'A settled payment has exactly one settling journal, of what was received; any other payment has none',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('%s, received %s, %s settling journals of %s', p.state, p.received_minor, count(DISTINCT j.id), coalesce(sum(l.amount_minor), 0)) AS detail
        FROM payment p LEFT JOIN journal j ON j.record_id = p.id AND j.kind = 'payment.settled'
        LEFT JOIN posting l ON l.journal_id = j.id AND l.account_code IN (1000, 1200)
       GROUP BY p.id HAVING count(DISTINCT j.id) <> CASE WHEN p.state = 'settled' THEN 1 ELSE 0 END OR coalesce(sum(l.amount_minor), 0) <> p.received_minor`,
  },
  {
    name: 'payment-reversed',
    meaning:
      'What was taken back of a payment is the sum of its standing reversals, each with one journal of that amount',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('taken back %s, reversals %s, posted %s', p.reversed_minor, coalesce(sum(r.amount_minor), 0), coalesce(sum(l.amount), 0)) AS detail
        FROM payment p LEFT JOIN payment_reversal r ON r.payment_id = p.id AND NOT EXISTS (SELECT FROM payment_restoration x WHERE x.reversal_id = r.id)
        LEFT JOIN LATERAL (SELECT -sum(amount_minor) AS amount FROM posting WHERE journal_id = r.journal_id AND account_code IN (1000, 1200, 1400, 2400)) AS l ON true
       GROUP BY p.id HAVING p.reversed_minor <> coalesce(sum(r.amount_minor), 0) OR coalesce(sum(r.amount_minor), 0) <> coalesce(sum(l.amount), 0)`,
  },
  {
    name: 'reversal-restored',
    meaning: 'A reversal that did not last has one journal that brings back its whole amount',
    breaches: Prisma.sql`
      SELECT 'reversal ' || r.id AS subject, format('taken back %s, brought back %s', r.amount_minor, coalesce(sum(l.amount_minor), 0)) AS detail
        FROM payment_restoration x JOIN payment_reversal r ON r.id = x.reversal_id
        LEFT JOIN posting l ON l.journal_id = x.journal_id AND l.account_code IN (1000, 1200, 1400, 2400)
       GROUP BY r.id HAVING r.amount_minor <> coalesce(sum(l.amount_minor), 0)`,
  },
  {
    name: 'refunds-payable',
    meaning:
      'Refunds payable holds the refunds of each payment that are under way at the provider, and nothing else',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('refunds under way %s, payable %s', coalesce(r.amount, 0), coalesce(l.amount, 0)) AS detail
        FROM payment p
        LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount FROM refund WHERE state = 'pending' GROUP BY payment_id) AS r ON r.payment_id = p.id
        LEFT JOIN (SELECT j.record_id, -sum(q.amount_minor) AS amount FROM posting q JOIN journal j ON j.id = q.journal_id WHERE q.account_code = 2400 GROUP BY j.record_id) AS l ON l.record_id = p.id
       WHERE coalesce(r.amount, 0) <> coalesce(l.amount, 0)`,
  },
  {
    name: 'chargebacks-pending',
    meaning:
      'Chargebacks pending holds the money of each payment that banks have taken and not decided about, what was taken beyond the payment, and nothing else',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('withdrawn %s, overdrawn %s, pending %s', coalesce(c.amount, 0), coalesce(o.amount, 0), coalesce(l.amount, 0)) AS detail
        FROM payment p
        LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount FROM chargeback WHERE money = 'withdrawn' GROUP BY payment_id) AS c ON c.payment_id = p.id
        LEFT JOIN (SELECT payment_id, sum(overdraft_standing(o)) AS amount FROM payment_overdraft o GROUP BY payment_id) AS o ON o.payment_id = p.id
        LEFT JOIN (SELECT j.record_id, sum(q.amount_minor) AS amount FROM posting q JOIN journal j ON j.id = q.journal_id WHERE q.account_code = 1400 GROUP BY j.record_id) AS l ON l.record_id = p.id
       WHERE coalesce(c.amount, 0) + coalesce(o.amount, 0) <> coalesce(l.amount, 0)`,
  },
  {
    name: 'adjustment-posted',
    meaning:
      'Each discount and write-off has one journal of its amount and one allocation to its invoice, of which no more is taken back than it is',
    breaches: Prisma.sql`
      SELECT 'adjustment ' || d.id AS subject, format('%s, posted %s, allocated %s, stands %s', d.amount_minor, l.amount, a.amount, s.amount) AS detail
        FROM adjustment d
        LEFT JOIN LATERAL (SELECT sum(amount_minor) AS amount FROM posting WHERE journal_id = d.journal_id AND account_code IN (4900, 5800)) AS l ON true
        LEFT JOIN LATERAL (SELECT sum(amount_minor) AS amount FROM allocation WHERE adjustment_id = d.id AND invoice_id = d.invoice_id AND reverses_id IS NULL) AS a ON true
        LEFT JOIN LATERAL (SELECT sum(amount_minor) AS amount FROM allocation WHERE adjustment_id = d.id AND invoice_id = d.invoice_id) AS s ON true
       WHERE l.amount IS DISTINCT FROM d.amount_minor OR a.amount IS DISTINCT FROM d.amount_minor OR s.amount NOT BETWEEN 0 AND d.amount_minor`,
  },
  {
    name: 'surcharge-posted',
    meaning:
      'Surcharge income is that of settled payments less what reversals gave back, and never below nothing',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('surcharge %s, posted %s', p.surcharge_minor, -sum(l.amount_minor)) AS detail
        FROM payment p JOIN journal j ON j.record_id = p.id AND j.kind IN ('payment.settled', 'payment.reversed', 'payment.restored')
        JOIN posting l ON l.journal_id = j.id AND l.account_code = 4100
       GROUP BY p.id HAVING -sum(l.amount_minor) NOT BETWEEN 0 AND p.surcharge_minor`,
  },
  {
    name: 'allocation-posted',
    meaning: 'Each allocation is posted to its invoice in its journal',
    breaches: Prisma.sql`
      SELECT 'journal ' || coalesce(a.journal_id, l.journal_id) AS subject, format('allocated %s, posted %s', coalesce(a.amount, 0), coalesce(l.amount, 0)) AS detail
        FROM (SELECT journal_id, invoice_id, sum(amount_minor) AS amount FROM allocation GROUP BY journal_id, invoice_id) AS a
        FULL JOIN (SELECT p.journal_id, p.invoice_id, -sum(p.amount_minor) AS amount FROM posting p JOIN journal j ON j.id = p.journal_id
                    WHERE p.account_code = 1100 AND j.kind IN ('payment.settled', 'payment.reversed', 'payment.restored', 'credit.applied', 'adjustment.discount', 'adjustment.write_off') GROUP BY p.journal_id, p.invoice_id) AS l
          ON l.journal_id = a.journal_id AND l.invoice_id = a.invoice_id
       WHERE coalesce(a.amount, 0) <> coalesce(l.amount, 0)`,
  },
  {
    name: 'payment-state-history',
    meaning:
      'The state of a payment is the last of its recorded changes, which follow each other by legal moves',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('state %s, change %s from %s to %s after %s', p.state, c.sequence, c.from_state, c.to_state, c.before) AS detail
        FROM payment p LEFT JOIN (
          SELECT *, lag(to_state) OVER each_payment AS before, lag(sequence, 1, 0) OVER each_payment AS sequence_before,
                 row_number() OVER (PARTITION BY payment_id ORDER BY sequence DESC) AS from_last
            FROM payment_state_change WINDOW each_payment AS (PARTITION BY payment_id ORDER BY sequence)) AS c ON c.payment_id = p.id
       WHERE c.payment_id IS NULL OR c.sequence <> c.sequence_before + 1 OR c.from_state IS DISTINCT FROM c.before
          OR (c.from_last = 1 AND c.to_state <> p.state)
          OR (c.before IS NOT NULL AND NOT payment_may_move(c.before, c.to_state) AND NOT (c.before IN ('failed', 'expired', 'canceled') AND c.to_state = 'settled'))`,
  },
  {
    name: 'hold-fits',
    meaning: 'The stored held amount of an invoice is the sum of its active holds and at most what is open',
    breaches: Prisma.sql`
      SELECT 'invoice ' || i.number AS subject, format('held %s, active holds %s, open %s', i.held_minor, coalesce(h.amount, 0), i.open_minor) AS detail
        FROM invoice i LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS amount FROM hold WHERE released_at IS NULL GROUP BY invoice_id) AS h ON h.invoice_id = i.id
       WHERE i.held_minor <> coalesce(h.amount, 0) OR i.held_minor > i.open_minor`,
  },
  {
    name: 'hold-belongs-to-live-payment',
    meaning: 'A payment under way holds exactly what it was opened for; one that has ended holds nothing',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('%s: planned %s, holds %s on invoice %s', p.state, item.amount_minor + item.discount_minor, coalesce(h.amount, 0), item.invoice_id) AS detail
        FROM payment p JOIN payment_item item ON item.payment_id = p.id
        LEFT JOIN (SELECT payment_id, invoice_id, sum(amount_minor) AS amount FROM hold WHERE released_at IS NULL GROUP BY payment_id, invoice_id) AS h
          ON h.payment_id = p.id AND h.invoice_id = item.invoice_id
       WHERE coalesce(h.amount, 0) <> CASE WHEN p.state IN ('created', 'awaiting_customer', 'requires_action', 'processing') THEN item.amount_minor + item.discount_minor ELSE 0 END`,
  },
  {
    name: 'dispute-holds-its-amount',
    meaning: 'An open dispute holds exactly the disputed amount of its invoice; a closed one holds nothing',
    breaches: Prisma.sql`
      SELECT 'dispute ' || d.id AS subject, format('%s %s, holds %s', d.amount_minor, coalesce('closed ' || d.closed_on, 'open'), coalesce(h.amount, 0)) AS detail
        FROM dispute d LEFT JOIN (SELECT dispute_id, invoice_id, sum(amount_minor) AS amount FROM hold WHERE released_at IS NULL AND kind = 'disputed' GROUP BY dispute_id, invoice_id) AS h
          ON h.dispute_id = d.id AND h.invoice_id = d.invoice_id
       WHERE coalesce(h.amount, 0) <> CASE WHEN d.closed_on IS NULL THEN d.amount_minor ELSE 0 END`,
  },
  {
    name: 'attempt-before-money',
    meaning:
      'A payment that went through the provider has a stored attempt that was answered, under its own key',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, coalesce('attempt ' || a.idempotency_key || ' is ' || a.state, 'no attempt was stored') AS detail
        FROM payment p LEFT JOIN payment_attempt a ON a.payment_id = p.id
       WHERE ((p.stripe_checkout_session_id IS NOT NULL OR p.stripe_payment_intent_id IS NOT NULL) AND NOT EXISTS (
               SELECT FROM payment_attempt ok WHERE ok.payment_id = p.id AND ok.state IN ('answered', 'declined')
                 AND ok.operation IN ('checkout.sessions.create', 'payment_intents.create')))
          OR (a.id IS NOT NULL AND a.idempotency_key <> a.operation || ':' || p.id || ':' || a.attempt_no)`,
  },
]
