import { asId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { findPaymentFile } from '#app/payments/overview/payment-queries.server.ts'
import type { LedgerPlace, StaffPayment } from '#app/payments/overview/staff-payment.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

/** Everything that the books, the inbox, the outbox and the ledger know of one payment; null when there is no such payment. */
export async function findStaffPayment(paymentId: PaymentId): Promise<StaffPayment | null> {
  const file = await findPaymentFile(paymentId)
  if (file === null) return null
  const attemptIds = file.attempts.map(({ id }) => id)
  const webhookObjects = [file.checkoutId, file.intentId, file.chargeId].filter((id) => id !== null)
  const [row, allocations, events, mails, cases] = await Promise.all([
    db.payment.findUniqueOrThrow({
      where: { id: paymentId },
      select: {
        amountMinor: true,
        currency: true,
        customer: { select: { id: true, name: true, number: true } },
      },
    }),
    db.allocation.findMany({
      where: { paymentId },
      orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
      include: { invoice: { select: { number: true } } },
    }),
    db.ledgerEvent.findMany({
      where: { relatesTo: paymentId },
      select: {
        id: true,
        sequence: true,
        entry: {
          select: { position: true, transaction: { select: { status: { select: { finalAt: true } } } } },
        },
      },
    }),
    db.mailOutbox.findMany({
      where: { template: 'receipt', parameters: { path: ['paymentId'], equals: paymentId } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
    db.exceptionCase.findMany({
      where: {
        OR: [
          { subjectId: { in: [paymentId, ...attemptIds, ...webhookObjects] } },
          { detail: { path: ['paymentId'], equals: paymentId } },
        ],
      },
      orderBy: { openedAt: 'asc' },
    }),
  ])
  const currency = parseCurrency(row.currency)
  return {
    ...file,
    asked: money(row.amountMinor, currency),
    customer: { ...row.customer, id: asId<'cst'>(row.customer.id) },
    allocations: allocations.map((each) => ({
      id: each.id,
      invoiceId: asId<'inv'>(each.invoiceId),
      invoiceNumber: each.invoice.number,
      amount: money(each.amountMinor, currency),
      isReversal: each.reversesId !== null,
      effectiveOn: fromDatabaseDate(each.effectiveOn),
    })),
    ledgerPlaces: new Map(
      events.map(({ id, sequence, entry }): [string, LedgerPlace] => [
        id,
        { sequence, position: entry?.position ?? null, finalAt: entry?.transaction.status?.finalAt ?? null },
      ]),
    ),
    mails: mails.map(({ id, template, recipient, createdAt, sentAt, attempts, lastError }) => ({
      ...{ id, template, recipient, createdAt, sentAt, attempts, lastError },
    })),
    cases: cases.map(({ id, kind, openedAt, resolvedAt, resolution }) => ({
      ...{ id, kind, openedAt, resolvedAt, resolution },
    })),
  }
}
