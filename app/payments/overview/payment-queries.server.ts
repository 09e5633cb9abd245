/** Reads of payments for pages. A buyer's query always names the customer; null there is for staff. */
import { asId, type CustomerId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { DEPOSITS_OPEN_FOR_MS } from '#app/payments/methods/saved-method.ts'
import type { PaymentDetail, PaymentFile, PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import {
  ledgerEntriesOf,
  paysByOf,
  reversalsOf,
  SUMMARY_PARTS,
  summaryOf,
} from '#app/payments/overview/payment-rows.server.ts'
import { UNANSWERED_AFTER_MS } from '#app/payments/patience.ts'
import { isCancelable } from '#app/payments/payment.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

const PAGE = 50
/** A payment that waits longer than this for a word of the processor is shown to staff: its page has closed by then. */
const STUCK_AFTER_MS = 45 * 60_000
const DAY_MS = 86_400_000

export type PaymentPage = { readonly payments: readonly PaymentSummary[]; readonly next: PaymentId | null }

/** Payments, newest first, 50 at a time; `after` is the last one of the page before. */
export async function listPayments(options: {
  customerId: CustomerId | null
  after: PaymentId | null
}): Promise<PaymentPage> {
  const rows = await db.payment.findMany({
    where: options.customerId === null ? {} : { customerId: options.customerId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    ...(options.after === null ? {} : { cursor: { id: options.after }, skip: 1 }),
    take: PAGE + 1,
    include: SUMMARY_PARTS,
  })
  const payments = rows.slice(0, PAGE).map(summaryOf)
  return { payments, next: rows.length > PAGE ? (payments.at(-1)?.id ?? null) : null }
}

/** Payments of a customer that hold money now: under way, or being checked. Newest first. */
export async function listPaymentsUnderWay(customerId: CustomerId): Promise<PaymentSummary[]> {
  const rows = await db.payment.findMany({
    where: { customerId, state: { in: ['created', 'awaiting_customer', 'requires_action', 'processing'] } },
    orderBy: { createdAt: 'desc' },
    take: PAGE,
    include: SUMMARY_PARTS,
  })
  return rows.map(summaryOf)
}

/** Payments that were made by a pay link, newest first. */
export async function listPaymentsOfLink(payLinkId: string): Promise<PaymentSummary[]> {
  const rows = await db.payment.findMany({
    where: { payLinkId },
    orderBy: { createdAt: 'desc' },
    take: PAGE,
    include: SUMMARY_PARTS,
  })
  return rows.map(summaryOf)
}

/** A payment with everything that its buyer sees; null when it does not exist or is another customer's. */
export async function findPayment(
  paymentId: PaymentId,
  customerId: CustomerId | null,
): Promise<PaymentDetail | null> {
  const row = await db.payment.findFirst({
    where: { id: paymentId, ...(customerId === null ? {} : { customerId }) },
    include: {
      ...SUMMARY_PARTS,
      items: {
        include: { invoice: { select: { number: true, openMinor: true, heldMinor: true } } },
        orderBy: { invoiceId: 'asc' },
      },
      changes: { orderBy: { sequence: 'asc' } },
    },
  })
  if (row === null) return null
  const currency = parseCurrency(row.currency)
  return {
    ...summaryOf(row),
    received: money(row.receivedMinor, currency),
    unapplied: money(row.unallocatedMinor, currency),
    reversed: money(row.reversedMinor, currency),
    failureCode: row.failureCode,
    paysBy: paysByOf(row),
    settledAt: row.settledAt,
    checkoutUrl:
      row.state === 'awaiting_customer' || row.state === 'requires_action' ? row.checkoutUrl : null,
    isCancelable: isCancelable(row.state) && row.stripeCheckoutSessionId !== null,
    items: row.items.map((item) => ({
      invoiceId: asId<'inv'>(item.invoiceId),
      number: item.invoice.number,
      amount: money(item.amountMinor, currency),
      isPayable: item.invoice.openMinor > item.invoice.heldMinor,
    })),
    changes: row.changes.map(({ sequence, from, to, cause, recordedAt }) => ({
      sequence,
      from,
      to,
      cause,
      recordedAt,
    })),
    reversals: reversalsOf(row),
    ledger: await ledgerEntriesOf(row.id),
  }
}

/** The payment that a checkout belongs to; the return page knows nothing else. */
export async function findPaymentOfCheckout(
  checkoutId: string,
): Promise<{ id: PaymentId; customerId: CustomerId } | null> {
  const row = await db.payment.findUnique({
    where: { stripeCheckoutSessionId: checkoutId },
    select: { id: true, customerId: true },
  })
  return row === null ? null : { id: asId<'pay'>(row.id), customerId: asId<'cst'>(row.customerId) }
}

/** A payment with its whole file, for staff. */
export async function findPaymentFile(paymentId: PaymentId): Promise<PaymentFile | null> {
  const detail = await findPayment(paymentId, null)
  if (detail === null) return null
  const [row, webhooks, journals] = await Promise.all([
    db.payment.findUniqueOrThrow({
      where: { id: paymentId },
      include: { attempts: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] } },
    }),
    db.webhookInbox.findMany({ where: { paymentId }, orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }] }),
    db.journal.findMany({
      where: { recordId: paymentId },
      orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
      include: { postings: { orderBy: { lineNo: 'asc' }, include: { account: true } } },
    }),
  ])
  return {
    ...detail,
    checkoutId: row.stripeCheckoutSessionId,
    intentId: row.stripePaymentIntentId,
    chargeId: row.stripeChargeId,
    syncedAt: row.syncedAt,
    attempts: row.attempts.map(
      ({ paymentId: _payment, request: _request, requestHash: _hash, ...attempt }) => attempt,
    ),
    webhooks: webhooks.map(({ id, type, receivedAt, processedAt, outcome, lastError }) => ({
      id,
      type,
      receivedAt,
      processedAt,
      outcome,
      lastError,
    })),
    journals: journals.map((journal) => ({
      id: journal.id,
      kind: journal.kind,
      effectiveOn: fromDatabaseDate(journal.effectiveOn),
      recordedAt: journal.recordedAt,
      postings: journal.postings.map((posting) => ({
        account: `${posting.accountCode} ${posting.account.name}`,
        amount: money(posting.amountMinor, parseCurrency(posting.currency)),
        invoiceId: posting.invoiceId,
      })),
    })),
  }
}

/**
 * Payments that staff should know of, oldest first: a write with an unknown outcome, or no word of the processor for longer than
 * is usual there. Small deposits that are still awaited, and a debit that its bank still has, are usual.
 */
export async function listTroubledPayments(): Promise<PaymentSummary[]> {
  const now = await readNow()
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  const rows = await db.payment.findMany({
    where: {
      OR: [
        { attempts: { some: { state: 'unknown' } } },
        { attempts: { some: { state: 'sent', lastSentAt: { lt: ago(UNANSWERED_AFTER_MS) } } } },
        { state: { in: ['created', 'awaiting_customer'] }, updatedAt: { lt: ago(STUCK_AFTER_MS) } },
        { state: 'requires_action', updatedAt: { lt: ago(DEPOSITS_OPEN_FOR_MS) } },
        { state: 'processing', expectedOn: null, updatedAt: { lt: ago(STUCK_AFTER_MS) } },
        { state: 'processing', expectedOn: { lt: ago(DAY_MS) } },
      ],
    },
    orderBy: [{ updatedAt: 'asc' }, { id: 'asc' }],
    take: 200,
    include: SUMMARY_PARTS,
  })
  return rows.map(summaryOf)
}
