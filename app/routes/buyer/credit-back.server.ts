import { type CustomerId, decodeId, encodeId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS, refuse } from '#app/books/refusals.ts'
import type { CreditBackForm } from '#app/components/credits/ask-credit-back.tsx'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { formatMoney, toDecimal } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findRefundable } from '#app/payments/refunds/refund-queries.server.ts'
import { askForRefund } from '#app/payments/refunds/request-refund.server.ts'

/** The form that asks for a payment's credit back; null when there is none, or a bank debit goes back in whole only. */
export async function creditBackForm(paymentId: PaymentId, locale: string): Promise<CreditBackForm | null> {
  const refundable = await findRefundable(paymentId)
  if (refundable === null || !isPositive(refundable.credit)) return null
  const { credit, amount, isWholeOnly } = refundable
  if (isWholeOnly && credit.minor !== amount.minor) return null
  return {
    refundId: encodeId('rfd', newId<'rfd'>()),
    currency: credit.currency,
    suggested: toDecimal(credit),
    most: formatMoney(credit, locale),
  }
}

/** Asks as the form says. Null when it is asked for; else the sentence of what is wrong, with its status. */
export async function sendCreditBack(
  form: FormData,
  paymentId: PaymentId,
  currency: CurrencyCode,
  by: { readonly personId: PersonId; readonly customerId: CustomerId },
): Promise<{ sentence: string; status: number } | null> {
  const configured = requireCardProcessor()
  const refundId = decodeId('rfd', String(form.get('refund') ?? ''))
  const parsed = parseAmount(String(form.get('amount') ?? ''), currency)
  const asked = !configured.ok
    ? configured
    : refundId === null
      ? refuse('FORM_NOT_READABLE')
      : !parsed.ok
        ? refuse('AMOUNT_NOT_READABLE')
        : await askForRefund({
            ...{ processor: configured.processor, refundId, paymentId, amount: parsed.amount },
            ...{ reason: 'requested_by_customer', source: { kind: 'credit' }, by: { kind: 'buyer', ...by } },
          })
  return asked.ok ? null : REFUSALS[asked.refusal.code]
}
