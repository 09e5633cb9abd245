import { asId, type InvoiceId } from '#app/books/ids.ts'
import { REFUSALS, type Refusal } from '#app/books/refusals.ts'
import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { CartProblem } from '#app/payments/cart/cart.ts'

/** Refusals after which the amount that can be paid is news. */
const SAYS_PAYABLE: readonly string[] = [
  'AMOUNT_EXCEEDS_PAYABLE',
  'AMOUNT_HELD',
  'BALANCE_MOVED',
  'PART_NOT_ALLOWED',
]

/** A refusal of a cart as its page shows it: at the invoice that it is about, with the amount that could be paid. */
export function problemOf(refusal: Refusal, locale: string, currencyText: string): CartProblem {
  const currency = findCurrency(currencyText)
  const { payableMinor, stepMinor, leastMinor, code } = refusal
  const least =
    code === 'PART_TOO_SMALL' && typeof leastMinor === 'string' && currency !== null
      ? ` The least is ${formatMoney(money(BigInt(leastMinor), currency), locale)}.`
      : ''
  const payable =
    SAYS_PAYABLE.includes(code) && typeof payableMinor === 'string' && currency !== null
      ? ` ${formatMoney(money(BigInt(payableMinor), currency), locale)} can be paid on it now.`
      : ''
  const step =
    typeof stepMinor === 'string' && currency !== null
      ? ` Cards take ${currency} in steps of ${formatMoney(money(BigInt(stepMinor), currency), locale)}: change the amount to pay it by card.`
      : ''
  return {
    code,
    sentence: REFUSALS[code].sentence + payable + least + step,
    invoiceId: invoiceIdIn(refusal),
    ...(code === 'SHORT_NEEDS_REASON' || code === 'DISPUTE_NOT_YOURS' ? { box: 'reason' } : {}),
    ...(code === 'OVERPAYMENT_NOT_ALLOWED' ? { box: 'on-account' } : {}),
  }
}

function invoiceIdIn({ invoiceId }: Refusal): InvoiceId | null {
  return typeof invoiceId === 'string' ? asId<'inv'>(invoiceId) : null
}
