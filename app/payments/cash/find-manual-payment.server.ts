import { asId, type BankLineId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { type Money, money } from '#app/money/money.ts'
import { db } from '#app/platform/db.server.ts'

/** What is known of a payment because staff recorded it. */
export type ManualPaymentFile = {
  readonly reference: string | null
  readonly bankLineId: BankLineId | null
  /** What of it stands, and so can be taken back. */
  readonly standing: Money
}

/** Null when the payment was not recorded by hand. */
export async function findManualPayment(paymentId: PaymentId): Promise<ManualPaymentFile | null> {
  const row = await db.manualPayment.findUnique({
    where: { paymentId },
    include: { payment: { select: { receivedMinor: true, reversedMinor: true, currency: true } } },
  })
  if (row === null) return null
  const { payment, reference, bankLineId } = row
  return {
    reference,
    bankLineId: bankLineId === null ? null : asId<'bln'>(bankLineId),
    standing: money(payment.receivedMinor - payment.reversedMinor, parseCurrency(payment.currency)),
  }
}
