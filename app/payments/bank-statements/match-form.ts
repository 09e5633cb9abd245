/** How forms and addresses carry what a movement is to be matched to: one line of text for each payment. */
import { decodeId, encodeId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { type Money, money, subtract } from '#app/money/money.ts'
import type { BankLine } from '#app/payments/bank-statements/bank-line.ts'
import { MANUAL_METHODS, type ManualPayment, type RemittanceItem } from '#app/payments/cash/manual-payment.ts'

/** Name of the field that repeats, once for each payment that the movement becomes. */
export const PART_FIELD = 'part'

/** A payment without what the movement says of it: day and reference. */
export type MatchPart = Pick<ManualPayment, 'paymentId' | 'customerId' | 'method' | 'amount' | 'items'>

export function encodePart({ paymentId, customerId, method, amount, items }: MatchPart): string {
  const invoices = items.map((item) => `${encodeId('inv', item.invoiceId)}=${item.amount.minor}`).join(',')
  return [encodeId('pay', paymentId), encodeId('cst', customerId), method, amount.minor, invoices].join(':')
}

/** The payment that a text stands for, in the movement's currency; null for a text that `encodePart` did not make. */
export function decodePart(text: string, currency: CurrencyCode): MatchPart | null {
  const [payment = '', customer = '', way = '', minor = '', list = '', ...more] = text.split(':')
  const paymentId = decodeId('pay', payment)
  const customerId = decodeId('cst', customer)
  const method = MANUAL_METHODS.find((each) => each === way)
  const items = list === '' ? [] : list.split(',').map((each) => decodeItem(each, currency))
  const isWhole = items.every((item) => item !== null)
  if (
    paymentId === null ||
    customerId === null ||
    method === undefined ||
    !isMinor(minor) ||
    !isWhole ||
    more.length > 0
  )
    return null
  return {
    paymentId,
    customerId,
    method,
    amount: money(BigInt(minor), currency),
    items: items.filter((item) => item !== null),
  }
}

function decodeItem(text: string, currency: CurrencyCode): RemittanceItem | null {
  const [name = '', minor = ''] = text.split('=')
  const invoiceId = decodeId('inv', name)
  return invoiceId === null || !isMinor(minor) ? null : { invoiceId, amount: money(BigInt(minor), currency) }
}

const isMinor = (text: string): boolean => /^[1-9]\d{0,17}$/.test(text)

/** The payment of a part of a movement: it came on its day, under its reference. */
export function paymentOfPart(part: MatchPart, line: BankLine): ManualPayment {
  return { ...part, settledOn: line.bookedOn, reference: line.reference?.slice(0, 140) ?? null }
}

/** What of a movement no part has yet. */
export function restOf(line: BankLine, parts: readonly MatchPart[]): Money {
  return parts.reduce((rest, part) => subtract(rest, part.amount), line.amount)
}

/** A cheque when the bank's words say so, else a transfer. */
export function methodOf({ reference, description }: BankLine): 'cheque' | 'wire' {
  return /\b(CHECK|CHEQUE|CHQ|SCHECK)\b/i.test(`${reference ?? ''} ${description ?? ''}`) ? 'cheque' : 'wire'
}
