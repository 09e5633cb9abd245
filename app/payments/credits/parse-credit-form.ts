import { decodeId, encodeId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { type CurrencyCode, findCurrency } from '#app/money/currencies.ts'
import { isPositive } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import type { CreditSource, CreditUse } from '#app/payments/credits/credit-plan.ts'

/** Names of the form's fields; each currency has a form of its own. */
export const CREDIT_FIELDS = {
  form: 'form',
  currency: 'currency',
  credit: 'credit',
  invoice: 'invoice',
  amount: 'amount',
  act: 'act',
} as const

/** Values of the act field. */
export const USE_ACT = 'use'
export const OLDEST_FIRST_ACT = 'oldest-first'

export type CreditProblem = {
  readonly field: 'credit' | 'invoice' | 'amount' | null
  readonly sentence: string
}

export type ParsedCreditForm =
  | {
      readonly ok: true
      readonly formId: string
      readonly currency: CurrencyCode
      readonly use: CreditUse | null
    }
  | { readonly ok: false; readonly problems: readonly CreditProblem[] }

/** A credit as forms name it: crm_… or pay_…. */
export function creditKey(source: CreditSource): string {
  return 'paymentId' in source ? encodeId('pay', source.paymentId) : encodeId('crm', source.creditMemoId)
}

function readSource(text: string): CreditSource | null {
  const creditMemoId = decodeId('crm', text)
  if (creditMemoId !== null) return { creditMemoId }
  const paymentId = decodeId('pay', text)
  return paymentId === null ? null : { paymentId }
}

/** Reads which credit goes on which invoice; `use` is null when all of it shall go, oldest first. */
export function parseCreditForm(form: FormData): ParsedCreditForm {
  const text = (name: string): string => String(form.get(name) ?? '').trim()
  const currency = findCurrency(text(CREDIT_FIELDS.currency))
  // Credit is used under the form's own id, which is made like that of a payment.
  const formId = decodeId('pay', text(CREDIT_FIELDS.form))
  if (currency === null || formId === null)
    return { ok: false, problems: [{ field: null, sentence: REFUSALS.FORM_NOT_READABLE.sentence }] }
  if (text(CREDIT_FIELDS.act) === OLDEST_FIRST_ACT) return { ok: true, formId, currency, use: null }
  const problems: CreditProblem[] = []
  const source = readSource(text(CREDIT_FIELDS.credit))
  if (source === null) problems.push({ field: 'credit', sentence: 'Choose which credit to use.' })
  const invoiceId = decodeId('inv', text(CREDIT_FIELDS.invoice))
  if (invoiceId === null) problems.push({ field: 'invoice', sentence: 'Choose the invoice to use it on.' })
  const amount = parseAmount(text(CREDIT_FIELDS.amount), currency)
  if (!amount.ok || !isPositive(amount.amount))
    problems.push({ field: 'amount', sentence: 'Enter an amount above zero, such as 1240.50.' })
  if (source === null || invoiceId === null || !amount.ok || problems.length > 0)
    return { ok: false, problems }
  return { ok: true, formId, currency, use: { source, invoiceId, amount: amount.amount } }
}
