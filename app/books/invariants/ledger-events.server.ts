import type { Invariant } from '#app/books/invariants/invariant.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** Ledger events: complete, in order, and true to the books. Whether the chain has them is checked beside these. */
export const LEDGER_EVENT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'event-sequence',
    meaning:
      'The events of a subject are numbered 1 to n without a gap, in the order of writing, and the subject knows n',
    breaches: Prisma.sql`
      SELECT s.kind || ' ' || s.id AS subject, format('%s events, last %s, stored %s', count(e.id), max(e.sequence), s.ledger_sequence) AS detail
        FROM (SELECT 'invoice' AS kind, id, ledger_sequence FROM invoice UNION ALL SELECT 'customer', id, ledger_sequence FROM customer
              UNION ALL SELECT 'supplier', id, ledger_sequence FROM supplier) AS s
        LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY subject_id ORDER BY number) AS written FROM ledger_event) AS e
          ON e.subject_id = s.id AND e.subject_kind = s.kind
       GROUP BY s.kind, s.id, s.ledger_sequence
      HAVING count(e.id) <> s.ledger_sequence OR coalesce(max(e.sequence), 0) <> s.ledger_sequence OR bool_or(e.written <> e.sequence)`,
  },
  {
    name: 'event-open-after',
    meaning:
      'Each event of an invoice leaves what the one before left, plus or less its own amount; the last leaves what is open',
    breaches: Prisma.sql`
      SELECT 'invoice ' || i.number AS subject, format('event %s %s of %s leaves %s after %s', e.sequence, e.type, e.amount_minor, e.open_after_minor, e.before) AS detail
        FROM (SELECT *, lag(open_after_minor, 1, 0::bigint) OVER (PARTITION BY subject_id ORDER BY sequence) AS before,
                     lag(amount_minor) OVER (PARTITION BY subject_id ORDER BY sequence) AS amount_before
                FROM ledger_event WHERE subject_kind = 'invoice') AS e
        JOIN invoice i ON i.id = e.subject_id
       WHERE CASE e.type
               WHEN 'invoice.issued' THEN e.open_after_minor <> e.amount_minor
               WHEN 'payment.applied' THEN e.open_after_minor <> e.before - e.amount_minor
               WHEN 'credit.applied' THEN e.open_after_minor <> e.before - e.amount_minor
               WHEN 'writeoff' THEN e.open_after_minor <> e.before - e.amount_minor
               WHEN 'payment.reversed' THEN e.open_after_minor <> e.before + e.amount_minor
               WHEN 'dispute.opened' THEN e.open_after_minor <> e.before
               WHEN 'dispute.resolved' THEN e.open_after_minor <> e.before
               ELSE false END
          OR e.open_after_minor < 0
          OR (e.sequence = i.ledger_sequence AND e.open_after_minor <> i.open_minor)`,
  },
  {
    name: 'event-for-every-posting',
    meaning: 'Whatever changes what is open on an invoice has an event of that amount in the same journal',
    breaches: Prisma.sql`
      SELECT 'journal ' || p.journal_id AS subject, format('%s: posted %s on invoice %s, event says %s', j.kind, p.amount, p.invoice_id, e.amount) AS detail
        FROM (SELECT journal_id, invoice_id, sum(amount_minor) AS amount FROM posting WHERE account_code = 1100 GROUP BY journal_id, invoice_id) AS p
        JOIN journal j ON j.id = p.journal_id
        LEFT JOIN (SELECT journal_id, subject_id, sum(CASE WHEN type IN ('payment.applied', 'credit.applied', 'writeoff') THEN -amount_minor ELSE amount_minor END) AS amount
                     FROM ledger_event WHERE subject_kind = 'invoice' GROUP BY journal_id, subject_id) AS e
          ON e.journal_id = p.journal_id AND e.subject_id = p.invoice_id
       WHERE e.amount IS DISTINCT FROM p.amount AND j.kind <> 'invoice.withdrawn'`,
  },
  {
    name: 'event-has-salt',
    meaning: 'An event that is not yet committed has its salt, and its subject has one',
    breaches: Prisma.sql`
      SELECT 'event ' || e.id AS subject, CASE WHEN own.owner_id IS NULL THEN 'its salt is missing' ELSE 'the salt of its subject is missing' END AS detail
        FROM ledger_event e LEFT JOIN ledger_salt own ON own.owner_id = e.id LEFT JOIN ledger_salt subject ON subject.owner_id = e.subject_id
        LEFT JOIN commitment c ON c.ledger_event_id = e.id
       WHERE c.ledger_event_id IS NULL AND (own.owner_id IS NULL OR subject.owner_id IS NULL)`,
  },
  {
    name: 'stream-without-gap',
    meaning:
      'The entries of a stream on chain are numbered from 0 without a gap, and keep the order of each subject',
    breaches: Prisma.sql`
      SELECT 'stream of deployment ' || chain_deployment_id AS subject, format('%s entries, last at %s, %s out of order', count(*), max(position), count(*) FILTER (WHERE sequence < sequence_before)) AS detail
        FROM (SELECT le.chain_deployment_id, le.position, e.sequence, lag(e.sequence) OVER (PARTITION BY le.chain_deployment_id, e.subject_id ORDER BY le.position) AS sequence_before
                FROM ledger_entry le JOIN ledger_event e ON e.id = le.ledger_event_id) AS entry
       GROUP BY chain_deployment_id
      HAVING count(*) <> max(position) - min(position) + 1 OR min(position) > 1 OR count(*) FILTER (WHERE sequence < sequence_before) > 0`,
  },
]
