import { decodeId } from '#app/books/ids.ts'
import type { PayoutReading, TransactionReading } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'

/**
 * Stores movements as they were read, in one statement; one that is known is brought up to date. `payoutId` is the payout that
 * they were listed for, null when they were listed by time: such a list does not say which payout holds them.
 */
export async function storeTransactions(
  readings: readonly TransactionReading[],
  payoutId: string | null,
  readAt: Date,
): Promise<void> {
  const rows = readings.map((each) => ({
    id: each.transactionId,
    kind: each.kind,
    type: each.type,
    reporting_category: each.reportingCategory,
    amount_minor: each.amountMinor.toString(),
    fee_minor: each.feeMinor.toString(),
    net_minor: each.netMinor.toString(),
    is_rounded: each.isRounded,
    currency: each.currency,
    source_id: each.sourceId,
    source_customer_id: each.sourceCustomerId,
    source_payment_id: each.sourceReference === null ? null : decodeId('pay', each.sourceReference),
    payout_id: payoutId,
    status: each.status,
    created_at: each.createdAt,
    available_on: each.availableAt,
    read_at: readAt,
  }))
  await db.$executeRaw`
    INSERT INTO provider_transaction SELECT r.* FROM jsonb_populate_recordset(NULL::provider_transaction, ${JSON.stringify(rows)}::jsonb) AS r
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, is_rounded = excluded.is_rounded, type = excluded.type, reporting_category = excluded.reporting_category,
      amount_minor = excluded.amount_minor, fee_minor = excluded.fee_minor, net_minor = excluded.net_minor, currency = excluded.currency,
      source_id = excluded.source_id, source_customer_id = excluded.source_customer_id, source_payment_id = excluded.source_payment_id,
      payout_id = coalesce(excluded.payout_id, provider_transaction.payout_id), status = excluded.status,
      created_at = excluded.created_at, available_on = excluded.available_on, read_at = excluded.read_at`
}

/** Stores a payout as it was read, and books what follows from its state; see record_payout. */
export async function recordPayout(reading: PayoutReading, readAt: Date, now: Date): Promise<void> {
  const payout = {
    id: reading.payoutId,
    amountMinor: reading.amountMinor.toString(),
    currency: reading.currency,
    status: reading.status,
    arrivalOn: reading.arrivalDate,
    isAutomatic: reading.isAutomatic,
    isItemised: reading.isItemised,
    failureCode: reading.failureCode,
    traceId: reading.traceId,
    createdAt: reading.createdAt,
    readAt,
  }
  await db.$queryRaw`SELECT record_payout(${JSON.stringify(payout)}::jsonb, ${now}) AS answer`
}
