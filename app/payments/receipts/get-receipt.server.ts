import { asId, type CustomerId, type PaymentId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { ledgerEntriesOf, reversalsOf, SUMMARY_PARTS } from '#app/payments/overview/payment-rows.server.ts'
import { methodWords, type Receipt } from '#app/payments/receipts/receipt.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'

/**
 * The receipt of a settled payment, from the books; null when the payment is not settled, does not exist or is another
 * customer's (`customerId` null: staff, mail).
 */
export async function findReceipt(
  paymentId: PaymentId,
  customerId: CustomerId | null,
): Promise<Receipt | null> {
  const row = await db.payment.findFirst({
    where: { id: paymentId, state: 'settled', ...(customerId === null ? {} : { customerId }) },
    include: { ...SUMMARY_PARTS, customer: true },
  })
  if (row === null || row.settledOn === null || row.settledAt === null) return null
  const [supplier, items, feeMinor, ledger] = await Promise.all([
    getSupplier(),
    itemsOf(paymentId, row.currency),
    feeOf(paymentId),
    ledgerEntriesOf(paymentId),
  ])
  const currency = parseCurrency(row.currency)
  // What became credit at settlement, whatever was applied or taken back since.
  const applied = items.reduce((total, item) => total + item.amount.minor, 0n)
  return {
    paymentId,
    number: row.number,
    supplier: {
      name: supplier.legalName,
      addressLines: supplier.addressLines,
      numbers: supplier.taxNumber === null ? [] : [{ label: 'Tax number', value: supplier.taxNumber }],
      email: supplier.email,
      phone: supplier.phone,
    },
    customer: {
      name: row.customer.name,
      addressLines: row.customer.addressLines,
      numbers: [{ label: 'Account', value: row.customer.number }],
    },
    settledOn: fromDatabaseDate(row.settledOn),
    settledAt: row.settledAt,
    received: money(row.receivedMinor, currency),
    method: methodWords(row.method, row.cardBrand, row.cardLast4),
    providerReference: row.stripePaymentIntentId,
    items,
    fee: money(feeMinor, currency),
    unapplied: money(row.receivedMinor - applied - feeMinor, currency),
    reversals: reversalsOf(row),
    ledger,
    locale: supplier.locale,
    timeZone: supplier.timeZone,
  }
}

const SURCHARGES = 4100

/** The card fee as it was booked when the payment settled: it comes with the whole amount only. */
async function feeOf(paymentId: PaymentId): Promise<bigint> {
  const { _sum } = await db.posting.aggregate({
    where: { accountCode: SURCHARGES, journal: { postingKey: `payment.settled:${paymentId}` } },
    _sum: { amountMinor: true },
  })
  return -(_sum.amountMinor ?? 0n)
}

async function itemsOf(paymentId: PaymentId, currencyText: string): Promise<Receipt['items']> {
  const currency = parseCurrency(currencyText)
  const [allocations, events, adjustments] = await Promise.all([
    db.allocation.findMany({
      // Credit that was used later is another journal's.
      where: { paymentId, reversesId: null, journal: { postingKey: `payment.settled:${paymentId}` } },
      orderBy: [{ invoice: { dueOn: 'asc' } }, { invoice: { number: 'asc' } }],
      include: { invoice: { select: { number: true, poNumber: true } } },
    }),
    db.ledgerEvent.findMany({
      where: { type: 'payment.applied', journal: { postingKey: `payment.settled:${paymentId}` } },
    }),
    // A discount that was taken back and granted again is a later one's.
    db.adjustment.findMany({
      where: { paymentId },
      distinct: ['invoiceId'],
      orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
    }),
  ])
  const openAfter = new Map(events.map((each) => [each.subjectId, each.openAfterMinor]))
  const takenOffOf = (invoiceId: string): bigint =>
    adjustments.reduce((total, each) => (each.invoiceId === invoiceId ? total + each.amountMinor : total), 0n)
  return allocations.map((each) => ({
    invoiceId: asId<'inv'>(each.invoiceId),
    invoiceNumber: each.invoice.number,
    poNumber: each.invoice.poNumber,
    amount: money(each.amountMinor, currency),
    takenOff: money(takenOffOf(each.invoiceId), currency),
    openAfter: money((openAfter.get(each.invoiceId) ?? 0n) - takenOffOf(each.invoiceId), currency),
  }))
}
