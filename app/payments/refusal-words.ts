import { asId, type InvoiceId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal } from '#app/books/refusals.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { CartProblem } from '#app/payments/cart.ts'

/** A refusal of a cart as its page shows it: at the invoice that it is about, with the amount that could be paid. */
export function problemOf(refusal: Refusal, locale: string, currencyText: string): CartProblem {
  const currency = findCurrency(currencyText)
  const { payableMinor, stepMinor } = refusal
  const payable =
    typeof payableMinor === 'string' && currency !== null
      ? ` ${formatMoney(money(BigInt(payableMinor), currency), locale)} can be paid on it now.`
      : ''
  const step =
    typeof stepMinor === 'string' && currency !== null
      ? ` Cards take ${currency} in steps of ${formatMoney(money(BigInt(stepMinor), currency), locale)}: change the amount to pay it by card.`
      : ''
  return {
    code: refusal.code,
    sentence: REFUSALS[refusal.code].sentence + payable + step,
    invoiceId: invoiceIdIn(refusal),
  }
}

function invoiceIdIn({ invoiceId }: Refusal): InvoiceId | null {
  return typeof invoiceId === 'string' ? asId<'inv'>(invoiceId) : null
}
