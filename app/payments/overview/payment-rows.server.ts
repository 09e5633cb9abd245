import { asId } from '#app/books/ids.ts'
import { type CurrencyCode, parseCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'
import type { PaymentDetail, PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import { type PaymentState, standingOf } from '#app/payments/payment.ts'
import { methodWords, type ReceiptLedgerEntry } from '#app/payments/receipts/receipt.ts'
import { OPENING_OPERATIONS } from '#app/payments/writes/operations.ts'
import { db } from '#app/platform/db.server.ts'
import type { ChainState, Prisma } from '#app/platform/generated/client.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

/** What every view of a payment is made of. */
export const SUMMARY_PARTS = {
  customer: { select: { name: true, number: true } },
  attempts: {
    where: { operation: { in: [...OPENING_OPERATIONS] } },
    orderBy: { attemptNo: 'desc' },
    take: 1,
    select: { state: true },
  },
  reversals: { where: { restored: null }, orderBy: { recordedAt: 'asc' } },
} as const satisfies Prisma.PaymentInclude

export type SummaryRow = Prisma.PaymentGetPayload<{ include: typeof SUMMARY_PARTS }>

/** A payment's row as lists show it. */
export function summaryOf(row: SummaryRow): PaymentSummary {
  return {
    id: asId<'pay'>(row.id),
    number: row.number,
    customerId: asId<'cst'>(row.customerId),
    customerName: row.customer.name,
    amount: money(row.state === 'settled' ? row.receivedMinor : row.amountMinor, parseCurrency(row.currency)),
    standing: standingOf({
      state: row.state,
      attempt: row.attempts[0]?.state ?? null,
      receivedMinor: row.receivedMinor,
      reversals: row.reversals,
    }),
    state: row.state satisfies PaymentState,
    createdAt: row.createdAt,
    settledOn: row.settledOn === null ? null : fromDatabaseDate(row.settledOn),
    method: methodWords(row.method, row.cardBrand, row.cardLast4),
    expectedOn: row.expectedOn === null ? null : fromDatabaseDate(row.expectedOn),
  }
}

/** A checkout is stored as one by card until its money moves: only then is it known what its payer took. */
export function paysByOf({
  method,
  state,
  savedMethodId,
}: Pick<SummaryRow, 'method' | 'state' | 'savedMethodId'>): SavedMethodKind | null {
  switch (method) {
    case 'card':
      return savedMethodId !== null || state === 'settled' ? 'card' : null
    case 'us_bank_account':
    case 'link':
      return method
    case 'imported':
    case 'cheque':
    case 'wire':
    case 'cash':
      return null
  }
}

/** What was taken back from a payment. */
export function reversalsOf(row: Pick<SummaryRow, 'reversals' | 'currency'>): PaymentDetail['reversals'] {
  const currency = parseCurrency(row.currency)
  return row.reversals.map((each) => ({
    id: each.id,
    kind: each.kind,
    amount: money(each.amountMinor, currency),
    effectiveOn: fromDatabaseDate(each.effectiveOn),
    recordedAt: each.recordedAt,
  }))
}

/** Where each ledger event about a payment stands, oldest first. */
export async function ledgerEntriesOf(paymentId: string): Promise<ReceiptLedgerEntry[]> {
  const events = await db.ledgerEvent.findMany({
    where: { relatesTo: paymentId },
    orderBy: { number: 'asc' },
    include: {
      commitment: { select: { commitment: true } },
      entry: { include: { deployment: true, transaction: { include: { status: true } } } },
    },
  })
  const names = await subjectNames(events.map((each) => each.subjectId))
  return events.map(({ id, type, subjectId, commitment, entry }) => {
    const status = entry?.transaction.status
    return {
      ledgerEventId: id,
      type,
      subject: names.get(subjectId) ?? subjectId,
      state: entryState(status?.state),
      commitment: commitment === null ? null : `0x${Buffer.from(commitment.commitment).toString('hex')}`,
      chainId: entry?.deployment.chainId ?? null,
      contract: entry?.deployment.address ?? null,
      transactionHash: entry?.transaction.hash ?? null,
      blockNumber: status?.blockNumber ?? null,
      recordedAt: status?.recordedAt ?? null,
    }
  })
}

/** A transaction that the chain turned down is made again, so its entries wait in the queue. */
function entryState(state: ChainState | undefined): ReceiptLedgerEntry['state'] {
  return state === undefined || state === 'reverted' ? 'queued' : state
}

/** Numbers that people know invoices and accounts by. */
async function subjectNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const [invoices, customers] = await Promise.all([
    db.invoice.findMany({ where: { id: { in: [...ids] } }, select: { id: true, number: true } }),
    db.customer.findMany({ where: { id: { in: [...ids] } }, select: { id: true, number: true } }),
  ])
  return new Map([...invoices, ...customers].map((each) => [each.id, each.number]))
}

/** An amount of the payment's currency. */
export function amountIn(currency: CurrencyCode): (minor: bigint) => Money {
  return (minor) => money(minor, currency)
}
