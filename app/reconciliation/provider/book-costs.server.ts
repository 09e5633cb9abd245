import { effectiveDay } from '#app/payments/reading/checkout-move.ts'
import { db } from '#app/platform/db.server.ts'

const PAGE = 500

type Cost = { id: string; feeMinor: bigint; currency: string; createdAt: Date }

/**
 * Books what the processor kept for anything but a payment: fees of its service, and those of a bank debit that came back. The
 * fee of a payment or a dispute comes with its payment; where that has not happened, the comparison tells. Answers how many.
 */
export async function bookCosts(timeZone: string, now: Date): Promise<number> {
  let count = 0
  for (let after = ''; ; ) {
    const costs = await listUnbooked(after)
    for (const { id, feeMinor, currency, createdAt } of costs) {
      const cost = {
        transactionId: id,
        feeMinor: feeMinor.toString(),
        currency,
        effectiveOn: effectiveDay(timeZone, createdAt, now),
      }
      await db.$queryRaw`SELECT record_provider_cost(${JSON.stringify(cost)}::jsonb, ${now}) AS answer`
    }
    count += costs.length
    if (costs.length < PAGE) return count
    after = costs.at(-1)?.id ?? after
  }
}

function listUnbooked(after: string): Promise<Cost[]> {
  return db.$queryRaw<Cost[]>`
    SELECT t.id, t.currency, t.created_at AS "createdAt",
           CASE WHEN t.kind = 'fee' THEN -t.net_minor ELSE t.fee_minor END AS "feeMinor"
      FROM provider_transaction t
     WHERE t.id > ${after} AND (t.fee_minor <> 0 OR (t.kind = 'fee' AND t.net_minor <> 0))
       AND t.kind <> 'dispute'
       AND (t.kind <> 'payment' OR EXISTS (
             SELECT FROM provider_transaction back WHERE back.source_id = t.source_id AND back.type = 'payment_failure_refund'))
       AND NOT EXISTS (SELECT FROM journal j WHERE j.posting_key = 'provider.fee:' || t.id)
     ORDER BY t.id LIMIT ${PAGE}`
}
