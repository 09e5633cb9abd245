import type { Invariant } from '#app/books/invariants/invariant.ts'
import { Prisma } from '#app/platform/generated/client.ts'

/** Money that staff recorded: it is at the bank, as the bank's movements say, and what is given up was agreed to. */
export const CASH_INVARIANTS: readonly Invariant[] = [
  {
    name: 'manual-payment-at-bank',
    meaning:
      'A payment recorded by hand came into the bank account, and none of it through the card processor',
    breaches: Prisma.sql`
      SELECT 'payment ' || p.number AS subject, format('received %s, at the bank %s', p.received_minor, coalesce(l.amount, 0)) AS detail
        FROM manual_payment m JOIN payment p ON p.id = m.payment_id
        LEFT JOIN LATERAL (SELECT sum(q.amount_minor) AS amount FROM journal j JOIN posting q ON q.journal_id = j.id AND q.account_code = 1000
                            WHERE j.posting_key = 'payment.settled:' || p.id) AS l ON true
       WHERE p.received_minor <> coalesce(l.amount, 0) OR p.channel <> 'staff'`,
  },
  {
    name: 'bank-line-payments',
    meaning:
      'What stands of a bank movement’s payments is at most its amount, and nothing unless it is matched to payments',
    breaches: Prisma.sql`
      SELECT 'bank line ' || b.id AS subject, format('%s of %s: %s stands', b.state, b.amount_minor, sum(p.received_minor - p.reversed_minor)) AS detail
        FROM bank_line b JOIN manual_payment m ON m.bank_line_id = b.id JOIN payment p ON p.id = m.payment_id
       GROUP BY b.id HAVING sum(p.received_minor - p.reversed_minor) > CASE WHEN b.state = 'matched' AND b.matched_kind = 'payment' THEN b.amount_minor ELSE 0 END`,
  },
  {
    name: 'write-off-agreed',
    meaning:
      'Each write-off that was agreed to has one adjustment of its amount by the same people, and no other has any',
    breaches: Prisma.sql`
      SELECT 'write-off ' || coalesce(w.id, d.id) AS subject, format('%s %s, posted %s', coalesce(w.state::text, 'never asked for'), w.amount_minor, d.amount_minor) AS detail
        FROM write_off_request w FULL JOIN (SELECT * FROM adjustment WHERE kind = 'write_off') AS d ON d.id = w.id
       WHERE coalesce(w.state = 'approved', false) <> (d.id IS NOT NULL)
          OR (d.id IS NOT NULL AND (d.amount_minor <> w.amount_minor OR d.requested_by <> w.requested_by OR d.approved_by IS DISTINCT FROM w.decided_by))`,
  },
]
