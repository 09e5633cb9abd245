import { asId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { parseRefundReason, returnWindowEnd } from '#app/payments/refunds/refund.ts'
import type { QueuedRefund, Refundable, RefundView } from '#app/payments/refunds/refund-view.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { Prisma } from '#app/platform/generated/client.ts'
import { businessDateIn, fromDatabaseDate } from '#app/platform/time.ts'

const PARTS = {
  payment: { include: { customer: { select: { id: true, name: true } } } },
  invoice: { select: { number: true } },
} as const satisfies Prisma.RefundInclude

type RefundRow = Prisma.RefundGetPayload<{ include: typeof PARTS }>

/** The refunds of a payment, oldest first. */
export async function listRefundsOf(paymentId: PaymentId): Promise<RefundView[]> {
  const rows = await db.refund.findMany({
    where: { paymentId },
    include: PARTS,
    orderBy: { createdAt: 'asc' },
  })
  return withFacts(rows)
}

/** Refunds that wait for a decision or are on their way, oldest first; and those that ended last, newest first. */
export async function listRefundQueue(): Promise<{
  waiting: QueuedRefund[]
  underWay: QueuedRefund[]
  ended: QueuedRefund[]
}> {
  const waiting = { state: 'requested' } as const
  const underWay = { state: { in: ['approved', 'sent', 'pending'] } } satisfies Prisma.RefundWhereInput
  const ended = { state: { in: ['declined', 'succeeded', 'failed'] } } satisfies Prisma.RefundWhereInput
  const [first, second, third] = await Promise.all([
    db.refund.findMany({ where: waiting, include: PARTS, orderBy: { createdAt: 'asc' }, take: 200 }),
    db.refund.findMany({ where: underWay, include: PARTS, orderBy: { createdAt: 'asc' }, take: 200 }),
    db.refund.findMany({ where: ended, include: PARTS, orderBy: { updatedAt: 'desc' }, take: 20 }),
  ])
  return {
    waiting: await withFacts(first),
    underWay: await withFacts(second),
    ended: await withFacts(third),
  }
}

/** How many refunds wait for a person. */
export function countWaitingRefunds(): Promise<number> {
  return db.refund.count({ where: { state: 'requested' } })
}

async function withFacts(rows: readonly RefundRow[]): Promise<QueuedRefund[]> {
  const people = rows.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy])
  const [names, attempts, managed] = await Promise.all([
    db.person.findMany({ where: { id: { in: people.filter((id) => id !== null) } } }),
    db.paymentAttempt.findMany({
      where: { id: { in: rows.flatMap(({ attemptId }) => attemptId ?? []) }, state: 'unknown' },
    }),
    needingManager(rows),
  ])
  const nameOf = (id: string | null): string | null => names.find((each) => each.id === id)?.name ?? null
  return rows.map((row) => ({
    id: asId<'rfd'>(row.id),
    paymentId: asId<'pay'>(row.paymentId),
    paymentNumber: row.payment.number,
    customerId: asId<'cst'>(row.payment.customer.id),
    customerName: row.payment.customer.name,
    amount: money(row.amountMinor, parseCurrency(row.payment.currency)),
    reason: parseRefundReason(row.reason),
    state: row.state,
    creditOnly: row.creditOnly,
    invoiceNumber: row.invoice?.number ?? null,
    byBuyer: row.byBuyer,
    requestedBy: row.requestedBy,
    requestedByName: nameOf(row.requestedBy),
    decidedByName: nameOf(row.decidedBy),
    decisionNote: row.decisionNote,
    failureCode: row.failureCode,
    isUnclear: row.state === 'sent' && attempts.some((each) => each.id === row.attemptId),
    needsManager: managed.has(row.id),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

/** Those that wait and that a manager must decide, as the posting function will judge. */
async function needingManager(rows: readonly RefundRow[]): Promise<ReadonlySet<string>> {
  const ids = rows.flatMap(({ id, state }) => (state === 'requested' ? [id] : []))
  if (ids.length === 0) return new Set()
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT r.id::text AS id FROM refund r JOIN payment p ON p.id = r.payment_id
     WHERE r.id = ANY(${ids}::uuid[]) AND (NOT r.by_buyer OR refund_needs_manager(p, r.amount_minor, r.id))`
  return new Set(found.map(({ id }) => id))
}

type RefundableRow = {
  currency: string
  settled_on: Date | null
  method: Parameters<typeof returnWindowEnd>[0]
  whole: bigint
  credit: bigint
  isWholeOnly: boolean
}

/** What may still be asked back of a payment; null when the payment is none that can be refunded here. */
export async function findRefundable(paymentId: PaymentId): Promise<Refundable | null> {
  const [row] = await db.$queryRaw<RefundableRow[]>`
    SELECT p.currency, p.settled_on, p.method::text AS method, refundable(p, false, NULL, NULL) AS whole, refundable(p, true, NULL, NULL) AS credit,
           p.method = 'us_bank_account' AND NOT coalesce(y.ach_partial_refund, false) AS "isWholeOnly"
      FROM payment p LEFT JOIN payment_policy y ON y.currency = p.currency
     WHERE p.id = ${paymentId}::uuid AND p.state = 'settled' AND p.stripe_payment_intent_id IS NOT NULL`
  if (row === undefined || row.settled_on === null) return null
  const invoices = await db.$queryRaw<{ id: string; number: string; minor: bigint }[]>`
    SELECT i.id::text AS id, i.number, refundable(p, false, i.id, NULL) AS minor FROM payment p
      JOIN (SELECT DISTINCT payment_id, invoice_id FROM allocation) a ON a.payment_id = p.id JOIN invoice i ON i.id = a.invoice_id
     WHERE p.id = ${paymentId}::uuid ORDER BY i.due_on, i.id`
  const currency = parseCurrency(row.currency)
  const { timeZone } = await getSupplier()
  const today = businessDateIn(timeZone, await readNow())
  return {
    amount: money(row.whole, currency),
    credit: money(row.credit, currency),
    invoices: invoices
      .filter(({ minor }) => minor > 0n)
      .map(({ id, number, minor }) => ({ id: asId<'inv'>(id), number, amount: money(minor, currency) })),
    isWholeOnly: row.isWholeOnly,
    returnableUntil: returnWindowEnd(row.method, fromDatabaseDate(row.settled_on), today),
  }
}
