/** The supplier's rules of paying in one currency: what the cart, refunds, write-offs, credits and autopay ask for. */
import { type CurrencyCode, parseCurrency } from '#app/money/currencies.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { PaymentPolicy as PolicyRecord } from '#app/platform/generated/client.ts'

export type PaymentPolicy = Omit<PolicyRecord, 'updatedAt'>

/** What holds for a currency until the supplier says otherwise: the defaults of the columns. */
const DEFAULTS: Omit<PaymentPolicy, 'currency'> = {
  allowPartial: true,
  minPartialMinor: 0n,
  toleranceMinor: 0n,
  shortNeedsReason: false,
  creditsFirst: true,
  creditsNeedApproval: false,
  allowOverpayment: true,
  secondApprovalMinor: 50_000n,
  achPartialRefund: false,
  autopayCapMinor: null,
}

/** The rules of the currency; the defaults while the supplier has set none. */
export async function readPaymentPolicy(currency: CurrencyCode, client: Tx = db): Promise<PaymentPolicy> {
  const row = await client.paymentPolicy.findUnique({ where: { currency }, omit: { updatedAt: true } })
  return row ?? { currency, ...DEFAULTS }
}

/** Currencies in which anything was ever invoiced, or that have rules of their own; the one of most invoices first. */
export async function listPolicyCurrencies(client: Tx = db): Promise<CurrencyCode[]> {
  const rows = await client.$queryRaw<{ currency: string }[]>`
    SELECT currency FROM (
      SELECT currency, count(*) AS invoices FROM invoice GROUP BY currency
      UNION ALL SELECT currency, 0 FROM payment_policy
    ) used GROUP BY currency ORDER BY sum(invoices) DESC, currency`
  return rows.map(({ currency }) => parseCurrency(currency))
}
