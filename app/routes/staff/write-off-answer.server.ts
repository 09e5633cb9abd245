/** What the staff page of an invoice shows and answers about writing a part of it off. */
import { data, redirect } from 'react-router'
import { decodeId, encodeId, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import { type CurrencyCode, parseCurrency } from '#app/money/currencies.ts'
import { formatMoney, toDecimal } from '#app/money/format.ts'
import { isPositive, money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { WRITE_OFF_REASONS } from '#app/payments/write-offs/write-off.ts'
import { requestWriteOff } from '#app/payments/write-offs/write-offs.server.ts'

/** The form; null while nothing is payable. */
export async function writeOffView(payable: { minor: string; currency: string }, locale: string) {
  const currency = parseCurrency(payable.currency)
  const amount = money(BigInt(payable.minor), currency)
  if (!isPositive(amount)) return null
  const { secondApprovalMinor } = await readPaymentPolicy(currency)
  return {
    ...{ formId: encodeId('wof', newId<'wof'>()), currency, payable: toDecimal(amount) },
    limit: formatMoney(money(secondApprovalMinor, currency), locale),
  }
}

/** What the page says after a write-off, by the word that its address carries. */
export function writeOffDone(word: string | null): string | null {
  if (word === 'approved') return 'The part is written off.'
  if (word === 'requested') return 'A manager has to agree. The request is in the queue of write-offs.'
  return null
}

/** Writes a part off, or asks a second person, and answers the page of the invoice. */
export async function answerWriteOff(
  form: FormData,
  invoiceId: InvoiceId,
  currency: CurrencyCode,
  personId: PersonId,
) {
  const text = (name: string): string => String(form.get(name) ?? '').trim()
  const typed = { amount: text('amount'), reason: text('reason'), form: text('form') }
  const wrong = (problem: string, status = 400) => data({ ...typed, problem }, { status })
  const id = decodeId('wof', typed.form)
  const reason = WRITE_OFF_REASONS.find((each) => each === typed.reason)
  const amount = parseAmount(typed.amount, currency)
  if (id === null || reason === undefined)
    return wrong('This form did not arrive whole. Load the page again.')
  if (!amount.ok || !isPositive(amount.amount))
    return wrong('Enter what is given up, above zero, such as 12.50.')
  const result = await requestWriteOff({ id, invoiceId, amount: amount.amount, reason }, personId)
  if (result.ok)
    return redirect(`/staff/invoices/${encodeId('inv', invoiceId)}?written-off=${result.state}`, 303)
  const { sentence, status } = REFUSALS[result.refusal.code]
  return wrong(sentence, status)
}
