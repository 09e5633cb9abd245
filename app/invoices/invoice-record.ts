import { encodeId } from '#app/books/ids.ts'
import { type DayView, dueInWords, type InvoiceRow, invoiceState } from '#app/invoices/invoice-view.ts'
import { type AmountView, amountView } from '#app/money/amount-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { type BusinessDate, daysBetween, formatBusinessDate, parseBusinessDate } from '#app/platform/time.ts'

/** What words depend on: the supplier's day and locale. */
export type Reading = { readonly today: BusinessDate; readonly locale: string }

/** Facts of one invoice as the database holds them; amounts in minor units, dates as YYYY-MM-DD. */
export type InvoiceFacts = {
  readonly id: string
  readonly kind: 'invoice' | 'fee'
  readonly number: string
  readonly externalNumber: string
  readonly poNumber: string | null
  readonly currency: string
  readonly issuedOn: string
  readonly dueOn: string
  readonly settledOn: string | null
  readonly totalMinor: bigint
  readonly openMinor: bigint
  readonly heldMinor: bigint
  readonly onItsWayMinor: bigint
  readonly disputedMinor: bigint
  readonly customerId: string
  readonly customerNumber: string
  readonly customerName: string
}

/** A date of the books in the words of the locale. */
export function dayView(date: string, locale: string): DayView {
  const day = parseBusinessDate(date)
  return { date: day, text: formatBusinessDate(day, locale) }
}

/** An amount of minor units in the words of the locale. */
export function minorView(minor: bigint, currency: string, locale: string): AmountView {
  return amountView(money(minor, parseCurrency(currency)), locale)
}

/** The row that a list shows for an invoice, on the supplier's day. */
export function invoiceRow(facts: InvoiceFacts, reading: Reading): InvoiceRow {
  const { currency } = facts
  const dueOn = parseBusinessDate(facts.dueOn)
  const amount = (minor: bigint): AmountView => minorView(minor, currency, reading.locale)
  const isOwed = facts.openMinor > 0n
  return {
    id: encodeId('inv', facts.id),
    kind: facts.kind,
    number: facts.number,
    externalNumber: facts.externalNumber,
    poNumber: facts.poNumber,
    currency,
    issuedOn: dayView(facts.issuedOn, reading.locale),
    dueOn: dayView(facts.dueOn, reading.locale),
    dueInWords: isOwed ? dueInWords(dueOn, reading.today) : null,
    daysLate: isOwed ? Math.max(0, daysBetween(dueOn, reading.today)) : 0,
    state: invoiceState({ ...facts, dueOn }, reading.today),
    total: amount(facts.totalMinor),
    open: amount(facts.openMinor),
    payable: amount(facts.openMinor - facts.heldMinor),
    onItsWay: amount(facts.onItsWayMinor),
    disputed: amount(facts.disputedMinor),
    settledOn: facts.settledOn === null ? null : dayView(facts.settledOn, reading.locale),
    customer: {
      id: encodeId('cst', facts.customerId),
      number: facts.customerNumber,
      name: facts.customerName,
    },
  }
}
