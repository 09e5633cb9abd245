import { asId, type CustomerId, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { ManualPayment } from '#app/payments/cash/manual-payment.ts'
import { recordManualPayment } from '#app/payments/cash/record-manual-payment.server.ts'
import { db } from '#app/platform/db.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

/** The member of staff who records payments in tests. */
export const CLERK = newId<'per'>() as PersonId

export const usd = (minor: bigint) => money(minor, parseCurrency('USD'))

/** A cheque of a customer, for the invoices as given; a new form's unless `paymentId` says otherwise. */
export function cheque(
  customerId: string,
  amountMinor: bigint,
  items: readonly (readonly [string, bigint])[] = [],
  overrides: Partial<ManualPayment> = {},
): ManualPayment {
  return {
    paymentId: newId<'pay'>(),
    customerId: asId<'cst'>(customerId) as CustomerId,
    method: 'cheque',
    amount: usd(amountMinor),
    settledOn: parseBusinessDate('2026-02-27'),
    reference: '10045',
    items: items.map(([invoiceId, minor]) => ({
      invoiceId: asId<'inv'>(invoiceId) as InvoiceId,
      amount: usd(minor),
    })),
    ...overrides,
  }
}

/** Records a cheque that leaves all of its amount as credit, and answers the payment's id. */
export async function recordCredit(customerId: string, amountMinor: bigint): Promise<string> {
  const recorded = await recordManualPayment(cheque(customerId, amountMinor), CLERK)
  if (!recorded.ok) throw new Error(recorded.refusal.code)
  return recorded.paymentId
}

/** What the accounts hold of a customer: debit positive. */
export async function accountBalance(customerId: string, account: number): Promise<bigint> {
  const rows = await db.$queryRaw<{ sum: bigint | null }[]>`
    SELECT sum(amount_minor)::bigint AS sum FROM posting WHERE account_code = ${account} AND customer_id = ${customerId}::uuid`
  return rows[0]?.sum ?? 0n
}
