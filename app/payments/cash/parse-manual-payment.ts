import { decodeId, encodeId, type InvoiceId } from '#app/books/ids.ts'
import { REFUSALS } from '#app/books/refusals.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { isPositive, money } from '#app/money/money.ts'
import { parseAmount } from '#app/money/parse.ts'
import {
  MANUAL_METHODS,
  type ManualMethod,
  type ManualPayment,
  type RemittanceItem,
  unappliedOf,
} from '#app/payments/cash/manual-payment.ts'
import { findBusinessDate } from '#app/platform/time.ts'

/** Names of the form's fields. `full` repeats: one for each invoice that is paid in full. */
export const MANUAL_FIELDS = {
  paymentId: 'payment',
  method: 'method',
  amount: 'amount',
  settledOn: 'settled-on',
  reference: 'reference',
  full: 'full',
} as const

export type ManualField = 'method' | 'amount' | 'settled-on' | 'reference' | `part-${string}`
export type ManualProblem = { readonly field: ManualField | null; readonly sentence: string }

/** Name of the field with what one invoice gets, when that is not all of it. */
export function partField(invoiceId: string): `part-${string}` {
  return `part-${encodeId('inv', invoiceId)}`
}

/** Value of the tick that pays an invoice in full: it names the amount that was shown. */
export function fullValue(invoiceId: string, payableMinor: bigint): string {
  return `${encodeId('inv', invoiceId)}=${payableMinor}`
}

export type Remittance =
  | { readonly ok: true; readonly items: readonly RemittanceItem[] }
  | { readonly ok: false; readonly problems: readonly ManualProblem[] }

/** What each invoice gets: the ticked ones what was shown as payable, others what was typed. */
export function parseRemittance(form: FormData, currency: CurrencyCode): Remittance {
  const full = form.getAll(MANUAL_FIELDS.full).flatMap((value) => readFull(String(value), currency) ?? [])
  const ticked = new Set(full.map((item) => item.invoiceId))
  const typed = [...form.keys()].flatMap((name) => {
    const invoiceId = name.startsWith('part-') ? decodeId('inv', name.slice('part-'.length)) : null
    const text = String(form.get(name) ?? '').trim()
    return invoiceId === null || text === '' || ticked.has(invoiceId) ? [] : [{ invoiceId, text }]
  })
  const read = typed.map(({ invoiceId, text }) => readPart(invoiceId, text, currency))
  const problems = read.filter((each) => 'sentence' in each)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, items: [...full, ...read.filter((each) => 'amount' in each)] }
}

export type ParsedManualPayment =
  | { readonly ok: true; readonly payment: Omit<ManualPayment, 'customerId'> }
  | { readonly ok: false; readonly problems: readonly ManualProblem[] }

const LONGEST_REFERENCE = 140

/** Reads the form of a payment by hand; every field that is wrong is named. */
export function parseManualPayment(form: FormData, currency: CurrencyCode): ParsedManualPayment {
  const text = (name: string): string => String(form.get(name) ?? '').trim()
  const problems: ManualProblem[] = []
  const paymentId = decodeId('pay', text(MANUAL_FIELDS.paymentId))
  if (paymentId === null)
    problems.push({ field: null, sentence: 'This form did not arrive whole. Open it again.' })
  const method = MANUAL_METHODS.find((each): each is ManualMethod => each === text(MANUAL_FIELDS.method))
  if (method === undefined) problems.push({ field: 'method', sentence: 'Choose how the money came.' })
  const amount = parseAmount(text(MANUAL_FIELDS.amount), currency)
  if (!amount.ok || !isPositive(amount.amount))
    problems.push({ field: 'amount', sentence: 'Enter what arrived, above zero, such as 1240.50.' })
  const settledOn = findBusinessDate(text(MANUAL_FIELDS.settledOn))
  if (settledOn === null)
    problems.push({ field: 'settled-on', sentence: 'Enter the day on which it arrived, as 2026-12-31.' })
  const reference = text(MANUAL_FIELDS.reference)
  if (reference.length > LONGEST_REFERENCE)
    problems.push({
      field: 'reference',
      sentence: `Shorten the reference to at most ${LONGEST_REFERENCE} characters.`,
    })
  const remittance = parseRemittance(form, currency)
  if (!remittance.ok) problems.push(...remittance.problems)

  if (
    problems.length > 0 ||
    paymentId === null ||
    method === undefined ||
    !amount.ok ||
    settledOn === null ||
    !remittance.ok
  )
    return { ok: false, problems }
  if (unappliedOf(amount.amount, remittance.items) === null)
    return {
      ok: false,
      problems: [{ field: 'amount', sentence: REFUSALS.REMITTANCE_EXCEEDS_PAYMENT.sentence }],
    }
  const payment = { paymentId, method, amount: amount.amount, settledOn, items: remittance.items }
  return { ok: true, payment: { ...payment, reference: reference === '' ? null : reference } }
}

function readFull(value: string, currency: CurrencyCode): RemittanceItem | null {
  const [name = '', minor = ''] = value.split('=')
  const invoiceId = decodeId('inv', name)
  if (invoiceId === null || !/^[1-9]\d{0,17}$/.test(minor)) return null
  return { invoiceId, amount: money(BigInt(minor), currency) }
}

function readPart(
  invoiceId: InvoiceId,
  typed: string,
  currency: CurrencyCode,
): RemittanceItem | ManualProblem {
  const read = parseAmount(typed, currency)
  if (read.ok && isPositive(read.amount)) return { invoiceId, amount: read.amount }
  return {
    field: partField(invoiceId),
    sentence: `“${typed.slice(0, 40)}” is not an amount for an invoice. Enter one such as 1240.50, or leave it empty.`,
  }
}
