/** The sums of both sides over all time, for the page and the report: they must agree but for what is under way. */
import { db } from '#app/platform/db.server.ts'
import type { HeldTotal, PaidOutTotal } from '#app/reconciliation/runs/run-counts.ts'

type Held = { currency: string; books: bigint; provider: bigint; reserved: bigint; underWay: bigint }

/**
 * What the processor holds for us, per currency, and how much of that it keeps back. A reserve moves money out of its balance and
 * stays ours, so it counts as held. Payments brought in as history never were there, and are left out.
 */
export async function heldTotals(inFlight: ReadonlyMap<string, bigint>): Promise<HeldTotal[]> {
  const rows = await db.$queryRaw<Held[]>`
    SELECT currency, sum(books)::bigint AS books, sum(provider)::bigint AS provider, sum(reserved)::bigint AS reserved,
           sum(under_way)::bigint AS "underWay" FROM (
      SELECT l.currency, l.amount_minor AS books, 0::bigint AS provider, 0::bigint AS reserved, 0::bigint AS under_way
        FROM posting l JOIN journal j ON j.id = l.journal_id
       WHERE l.account_code = 1200 AND NOT EXISTS (SELECT FROM payment p WHERE p.id = j.record_id AND p.request_hash = 'imported')
      UNION ALL SELECT currency, 0, net_minor, 0, 0 FROM provider_transaction WHERE kind <> 'reserve'
      UNION ALL SELECT currency, 0, -fee_minor, -amount_minor, 0 FROM provider_transaction WHERE kind = 'reserve'
      -- A payout leaves the processor's balance when it is made, and ours when it is paid.
      UNION ALL SELECT currency, 0, 0, 0, -amount_minor FROM provider_payout WHERE status IN ('pending', 'in_transit')
    ) AS side GROUP BY currency ORDER BY currency`
  return rows.map(({ currency, books, provider, reserved, underWay }) => ({
    currency,
    booksMinor: books.toString(),
    providerMinor: provider.toString(),
    reservedMinor: reserved.toString(),
    inFlightMinor: (underWay + (inFlight.get(currency) ?? 0n)).toString(),
  }))
}

/** What was paid out to the bank, per currency. */
export async function paidOutTotals(): Promise<PaidOutTotal[]> {
  const rows = await db.$queryRaw<{ currency: string; books: bigint; provider: bigint; bank: bigint }[]>`
    SELECT currency, sum(books)::bigint AS books, sum(provider)::bigint AS provider, sum(bank)::bigint AS bank FROM (
      SELECT l.currency, l.amount_minor AS books, 0::bigint AS provider, 0::bigint AS bank
        FROM posting l JOIN provider_payout o ON l.journal_id IN (o.journal_id, o.failure_journal_id) WHERE l.account_code = 1000
      UNION ALL SELECT currency, 0, amount_minor, 0 FROM provider_payout WHERE status = 'paid'
      UNION ALL SELECT currency, 0, 0, amount_minor FROM bank_line WHERE state = 'matched' AND matched_kind IN ('payout', 'payout_failure')
    ) AS side GROUP BY currency ORDER BY currency`
  return rows.map(({ currency, books, provider, bank }) => ({
    currency,
    booksMinor: books.toString(),
    providerMinor: provider.toString(),
    bankMinor: bank.toString(),
  }))
}
