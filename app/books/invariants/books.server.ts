import type { Invariant } from '#app/books/invariants/invariant.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** Double entry: every journal balances and every stored balance equals the sum of its postings. */
export const BOOKS_INVARIANTS: readonly Invariant[] = [
  {
    name: 'journal-balances',
    meaning: 'Per journal and currency, debits equal credits, over at least two postings',
    breaches: Prisma.sql`
      SELECT 'journal ' || j.id AS subject, format('%s postings, off by %s', count(p.line_no), coalesce(sum(p.amount_minor), 0)) AS detail
        FROM journal j LEFT JOIN posting p ON p.journal_id = j.id
       GROUP BY j.id, p.currency HAVING count(p.line_no) < 2 OR sum(p.amount_minor) <> 0`,
  },
  {
    name: 'posting-follows-journal',
    meaning: 'A posting has the dates and the transaction of its journal',
    breaches: Prisma.sql`
      SELECT 'journal ' || p.journal_id AS subject, 'line ' || p.line_no AS detail
        FROM posting p LEFT JOIN journal j ON j.id = p.journal_id AND j.transaction_id = p.transaction_id
         AND j.effective_on = p.effective_on AND j.recorded_at = p.recorded_at
       WHERE j.id IS NULL`,
  },
  {
    name: 'invoice-open',
    meaning: 'The stored open amount of an invoice equals the sum of its receivable postings',
    breaches: Prisma.sql`
      SELECT 'invoice ' || i.number AS subject, format('open %s, posted %s', i.open_minor, coalesce(p.amount, 0)) AS detail
        FROM invoice i LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS amount FROM posting WHERE account_code = 1100 GROUP BY invoice_id) AS p
          ON p.invoice_id = i.id
       WHERE i.open_minor <> coalesce(p.amount, 0)`,
  },
  {
    name: 'invoice-applied',
    meaning: 'What is applied to an invoice is between nothing and its total, and total less applied is open',
    breaches: Prisma.sql`
      SELECT 'invoice ' || i.number AS subject, format('total %s, applied %s, open %s', i.total_minor, coalesce(a.amount, 0), i.open_minor) AS detail
        FROM invoice i LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS amount FROM allocation GROUP BY invoice_id) AS a ON a.invoice_id = i.id
       WHERE coalesce(a.amount, 0) < 0 OR coalesce(a.amount, 0) > i.total_minor OR i.total_minor - coalesce(a.amount, 0) <> i.open_minor`,
  },
  {
    name: 'invoice-document',
    meaning: 'The current document of an invoice shows its amounts, and its lines and taxes sum to them',
    breaches: Prisma.sql`
      SELECT 'invoice ' || i.number AS subject,
             format('net %s / %s, tax %s / %s, total %s / %s', i.net_minor, l.net, i.tax_minor, t.tax, i.total_minor, v.total_minor) AS detail
        FROM invoice i
        LEFT JOIN invoice_version v ON v.invoice_id = i.id AND v.version = i.document_version
        LEFT JOIN LATERAL (SELECT sum(net_minor) AS net FROM invoice_line WHERE invoice_id = i.id AND version = i.document_version) AS l ON true
        LEFT JOIN LATERAL (SELECT sum(tax_minor) AS tax FROM invoice_tax WHERE invoice_id = i.id AND version = i.document_version) AS t ON true
       WHERE v.invoice_id IS NULL OR v.total_minor <> i.total_minor OR v.net_minor <> i.net_minor OR v.tax_minor <> i.tax_minor
          OR v.currency <> i.currency OR v.issued_on <> i.issued_on OR v.due_on <> i.due_on
          OR coalesce(l.net, i.net_minor) <> i.net_minor OR coalesce(t.tax, i.tax_minor) <> i.tax_minor`,
  },
  {
    name: 'credit-remaining',
    meaning: 'What remains of a credit memo is its total less what is applied',
    breaches: Prisma.sql`
      SELECT 'credit memo ' || c.number AS subject, format('remaining %s, applied %s of %s', c.remaining_minor, coalesce(a.amount, 0), c.total_minor) AS detail
        FROM credit_memo c LEFT JOIN (SELECT credit_memo_id, sum(amount_minor) AS amount FROM allocation GROUP BY credit_memo_id) AS a ON a.credit_memo_id = c.id
       WHERE c.remaining_minor <> c.total_minor - coalesce(a.amount, 0)`,
  },
  {
    name: 'account-balance',
    meaning:
      'Per customer and currency, receivable equals open invoices and unapplied credit equals what is left of payments and credits',
    breaches: Prisma.sql`
      SELECT 'customer ' || coalesce(c.number, customer_id::text) AS subject,
             format('%s: receivable %s, open %s; unapplied posted %s, stored %s', currency, sum(receivable), sum(open), sum(posted), sum(stored)) AS detail
        FROM (
          SELECT customer_id, currency, CASE WHEN account_code = 1100 THEN amount_minor ELSE 0 END AS receivable, 0::bigint AS open,
                 CASE WHEN account_code = 2200 THEN -amount_minor ELSE 0 END AS posted, 0::bigint AS stored
            FROM posting WHERE account_code IN (1100, 2200)
          UNION ALL SELECT customer_id, currency, 0, open_minor, 0, 0 FROM invoice
          UNION ALL SELECT customer_id, currency, 0, 0, 0, unallocated_minor FROM payment
          UNION ALL SELECT customer_id, currency, 0, 0, 0, remaining_minor FROM credit_memo
        ) AS part LEFT JOIN customer c ON c.id = part.customer_id
       GROUP BY c.number, customer_id, currency HAVING sum(receivable) <> sum(open) OR sum(posted) <> sum(stored)`,
  },
  {
    name: 'aging-covers-open',
    meaning: 'Per customer and currency, the aging buckets of today sum to the open amount',
    breaches: Prisma.sql`
      SELECT 'customer ' || customer_id AS subject, format('%s: buckets %s, open %s', currency, sum(bucketed), sum(open)) AS detail
        FROM (
          SELECT p.customer_id, p.currency, CASE WHEN i.due_on IS NOT NULL THEN p.amount_minor ELSE 0 END AS bucketed, 0::bigint AS open
            FROM posting p LEFT JOIN invoice i ON i.id = p.invoice_id WHERE p.account_code = 1100
          UNION ALL SELECT customer_id, currency, 0, open_minor FROM invoice
        ) AS part GROUP BY customer_id, currency HAVING sum(bucketed) <> sum(open)`,
  },
  {
    name: 'audit-chain',
    meaning: 'Each audit row hashes to what it says and continues the row before it',
    breaches: Prisma.sql`
      SELECT 'audit row ' || number AS subject, CASE WHEN hash <> expected THEN 'its content was changed' ELSE 'the row before it is missing or changed' END AS detail
        FROM (SELECT a.number, a.hash, audit_hash(a) AS expected, a.previous_hash, lag(a.hash, 1, '\\x'::bytea) OVER (ORDER BY a.number) AS before FROM audit a) AS chained
       WHERE hash <> expected OR previous_hash <> before`,
  },
]
