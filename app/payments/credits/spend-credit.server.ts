import type { CustomerId, InvoiceId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { listOpenInvoices } from '#app/payments/cash/open-invoices.server.ts'
import {
  applyCredits,
  applyCreditsFirst,
  type CreditUser,
} from '#app/payments/credits/apply-credits.server.ts'
import { type CreditUse, planCredits } from '#app/payments/credits/credit-plan.ts'
import { requestCredits } from '#app/payments/credits/credit-requests.server.ts'
import { readCredits, readTargets } from '#app/payments/credits/credits.server.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'

export type UsedCredit = 'used' | 'requested'

/**
 * Does what a credit form asks for: uses one credit on one invoice, or all of it on the oldest due. Where the supplier wants to see
 * it first, a buyer's form becomes requests; staff use it at once. Refusals: those of using and requesting credit, and
 * CREDIT_NOTHING_TO_USE.
 */
export async function spendCredit(options: {
  customerId: CustomerId
  currency: CurrencyCode
  formId: string
  /** Null: everything, oldest first. */
  use: CreditUse | null
  user: CreditUser & { readonly personId: PersonId }
}): Promise<Result<{ done: UsedCredit }>> {
  const { customerId, currency, formId, use, user } = options
  const policy = await readPaymentPolicy(currency)
  const mustAsk = user.kind === 'buyer' && policy.creditsNeedApproval
  if (!mustAsk && use === null) return spendOldestFirst(options)
  const uses = use === null ? await planAll(customerId, currency) : [use]
  if (uses.length === 0) return refuse('CREDIT_NOTHING_TO_USE')
  const result = mustAsk
    ? await requestCredits({ customerId, uses, formId, personId: user.personId })
    : await applyCredits({ customerId, uses, formId, user })
  return result.ok ? { ok: true, done: mustAsk ? 'requested' : 'used' } : result
}

async function spendOldestFirst({
  customerId,
  currency,
  formId,
  user,
}: Parameters<typeof spendCredit>[0]): Promise<Result<{ done: UsedCredit }>> {
  const { invoices } = await listOpenInvoices({ customerId, currency, number: '' })
  const wanted = invoices.map(({ id, payable }) => ({ invoiceId: id, amount: payable }))
  const { applied } = await applyCreditsFirst({ customerId, currency, invoices: wanted, formId, user })
  return applied.length > 0 ? { ok: true, done: 'used' } : refuse('CREDIT_NOTHING_TO_USE')
}

async function planAll(customerId: CustomerId, currency: CurrencyCode): Promise<CreditUse[]> {
  const { invoices } = await listOpenInvoices({ customerId, currency, number: '' })
  const wanted = new Map<InvoiceId, bigint>(invoices.map(({ id, payable }) => [id, payable.minor]))
  return planCredits(await readCredits(customerId, currency), await readTargets(customerId, currency, wanted))
}
