/**
 * What one imported invoice does to the books. Same content: nothing. Changed text or PO: a new document version.
 * Changed amount, tax, currency or date: refused unless a correction is asked for. A settlement or dispute that the
 * books lack is added; one that the books have is never repeated, also when its money was taken back since.
 */
import type { ImportedInvoice, RowError, RowErrorCode } from '#app/imports/imported-invoice.ts'
import type { Field } from '#app/imports/profile.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export const EFFECTS = ['new', 'unchanged', 'document', 'correction', 'history', 'bad'] as const

export type Effect = (typeof EFFECTS)[number]

/** What the books already hold about an invoice of the same source and number; amounts in minor units. */
export type BookedInvoice = {
  id: string
  customerId: string
  currency: string
  dueOn: BusinessDate
  totalMinor: bigint
  openMinor: bigint
  heldMinor: bigint
  contentHash: string
  amountHash: string
  /** Day of the first imported payment. */
  importedPaymentOn: BusinessDate | null
  /** Last day on which money applied to the invoice was taken back here; null when none ever was. */
  takenBackOn: BusinessDate | null
  hasImportedDispute: boolean
}

export type InvoicePlan = {
  effect: Effect
  errors: RowError[]
  /** A payment to book after the invoice, when above zero. */
  settleMinor: bigint
  settleOn: BusinessDate | null
  recordsDispute: boolean
}

export type PlanContext = {
  hashes: { contentHash: string; amountHash: string }
  booked: BookedInvoice | null
  /** The customer that the row names, when the books know it. */
  customerId: string | null
  /** Line of the same invoice further up in the file. */
  duplicateOf: number | null
  correct: boolean
  today: BusinessDate
  columnOf: (field: Field) => string
}

/** Decides what one row does; with any error the effect is `bad` and nothing of its file may be booked. */
export function planInvoice(invoice: ImportedInvoice, context: PlanContext): InvoicePlan {
  const errors = errorsOf(invoice, context)
  if (errors.length > 0)
    return { effect: 'bad', errors, settleMinor: 0n, settleOn: null, recordsDispute: false }
  const change = changeOf(context)
  const settlement = settlementOf(invoice, context, change)
  const recordsDispute = invoice.isDisputed && context.booked?.hasImportedDispute !== true
  const addsHistory = settlement.settleMinor > 0n || recordsDispute
  return {
    effect: change === 'unchanged' && addsHistory ? 'history' : change,
    errors,
    ...settlement,
    recordsDispute,
  }
}

type Change = 'new' | 'unchanged' | 'document' | 'correction'

function changeOf({ booked, hashes }: PlanContext): Change {
  if (booked === null) return 'new'
  if (booked.contentHash === hashes.contentHash) return 'unchanged'
  return booked.amountHash === hashes.amountHash ? 'document' : 'correction'
}

function errorsOf(invoice: ImportedInvoice, context: PlanContext): RowError[] {
  const { booked, customerId, duplicateOf, today, columnOf } = context
  const errors: RowError[] = []
  const refuse = (field: Field, code: RowErrorCode, message: string): void => {
    errors.push({ line: invoice.lineNo, column: columnOf(field), code, message })
  }
  if (duplicateOf !== null)
    refuse(
      'invoiceNumber',
      'DUPLICATE_IN_FILE',
      `Stands already on line ${duplicateOf}. Remove one of them, or put the lines of one invoice one after another.`,
    )
  if (invoice.settledOn !== undefined && invoice.settledOn > today)
    refuse(
      'settledOn',
      'SETTLED_IN_FUTURE',
      `Is after today, ${today}. Leave it empty until the money has come.`,
    )
  if (booked === null) return errors
  if (booked.customerId !== customerId) {
    refuse(
      'customerNumber',
      'INVOICE_OF_OTHER_CUSTOMER',
      `Invoice ${invoice.number} is booked for another customer. Correct the customer, or give the invoice its own number.`,
    )
    return errors
  }
  if (changeOf(context) === 'correction') refuseCorrection(invoice, context, booked, refuse)
  refuseSettlement(invoice, booked, refuse)
  return errors
}

type Refuse = (field: Field, code: RowErrorCode, message: string) => void

function refuseCorrection(
  invoice: ImportedInvoice,
  { correct }: PlanContext,
  booked: BookedInvoice,
  refuse: Refuse,
): void {
  const usedMinor = booked.totalMinor - booked.openMinor + booked.heldMinor
  const isOtherCurrency = booked.currency !== invoice.currency
  if (!correct)
    refuse(
      'total',
      'INVOICE_ALREADY_POSTED',
      `Invoice ${invoice.number} is booked with ${words(booked.totalMinor, booked.currency)}, due ${booked.dueOn}; the file says ${words(BigInt(invoice.totalMinor), invoice.currency)}, due ${invoice.dueOn}, or has other dates or tax. Correct the file, or ask for a correction.`,
    )
  else if (BigInt(invoice.totalMinor) < usedMinor || (usedMinor > 0n && isOtherCurrency))
    refuse(
      'total',
      'CORRECTION_BELOW_PAID',
      `${words(usedMinor, booked.currency)} of invoice ${invoice.number} is paid or reserved, so it cannot become ${words(BigInt(invoice.totalMinor), invoice.currency)}. Give the difference as a credit memo.`,
    )
}

function refuseSettlement(invoice: ImportedInvoice, booked: BookedInvoice, refuse: Refuse): void {
  if (invoice.settledOn === undefined) return
  if (booked.importedPaymentOn !== null && booked.importedPaymentOn !== invoice.settledOn)
    refuse(
      'settledOn',
      'SETTLEMENT_DIFFERS',
      `The books have an imported payment of ${booked.importedPaymentOn} for invoice ${invoice.number}. A booked payment is not moved by an import; write that day.`,
    )
  if (isReopened(booked) && booked.takenBackOn !== null && invoice.settledOn > booked.takenBackOn)
    refuse(
      'settledOn',
      'SETTLED_AFTER_TAKEN_BACK',
      `Money for invoice ${invoice.number} was taken back on ${booked.takenBackOn}, so ${words(booked.openMinor, booked.currency)} is open again. An import does not book what came after that: record that payment by itself, or leave the day empty.`,
    )
  if (booked.importedPaymentOn === null && booked.heldMinor > 0n)
    refuse(
      'settledOn',
      'MONEY_ON_ITS_WAY',
      `${words(booked.heldMinor, booked.currency)} of invoice ${invoice.number} is being paid or disputed here. Leave the day empty, or import it when that has ended.`,
    )
}

/** Something is open on it because money that had been applied was taken back, by a chargeback, a return or a refund. */
function isReopened({ openMinor, takenBackOn }: BookedInvoice): boolean {
  return takenBackOn !== null && openMinor > 0n
}

/**
 * The payment that makes the invoice settled as the file says: the whole amount of a new invoice, what is open of a
 * booked one, and after a correction the difference, which counts from today because the correction does. Of an invoice that is open again the file
 * tells the payment that was taken back: nothing.
 */
function settlementOf(
  invoice: ImportedInvoice,
  { booked, today }: PlanContext,
  change: Change,
): { settleMinor: bigint; settleOn: BusinessDate | null } {
  const none = { settleMinor: 0n, settleOn: null }
  if (invoice.settledOn === undefined) return none
  const totalMinor = BigInt(invoice.totalMinor)
  if (booked === null) return { settleMinor: totalMinor, settleOn: invoice.settledOn }
  if (isReopened(booked)) return none
  const raisedMinor = change === 'correction' ? totalMinor - booked.totalMinor : 0n
  const owedMinor = booked.importedPaymentOn === null ? booked.openMinor + raisedMinor : raisedMinor
  if (owedMinor <= 0n) return none
  return { settleMinor: owedMinor, settleOn: change === 'correction' ? today : invoice.settledOn }
}

const words = (minor: bigint, currency: string): string =>
  formatMoney({ minor, currency: parseCurrency(currency) })
