/**
 * What a customer has ordered: which invoices autopay covers, when each is debited, and how much one debit may be. An invoice
 * that was past due when the order was made is left to the customer, unless a debit of it was announced before.
 */
import type { InvoiceId, SavedMethodId } from '#app/books/ids.ts'
import type { CurrencyCode } from '#app/money/currencies.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

/** Earliest debit before a due date. */
export const MAX_DAYS_BEFORE = 60

export type AutopayScope =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'filter'
      /** Invoices of this branch. */
      readonly siteId: string | null
      /** Invoices whose order number begins so, in capitals or not. */
      readonly poPrefix: string | null
      /** Invoices whose total is at most this, minor units. */
      readonly upToMinor: bigint | null
    }

export type AutopayOrder = {
  readonly scope: AutopayScope
  readonly daysBefore: number
  /** No debit is above it, minor units. */
  readonly limitMinor: bigint
  /** Day on which the text was agreed to, in the supplier's zone. */
  readonly acceptedOn: BusinessDate
}

/** What a buyer chose on the form. */
export type AutopayTerms = {
  readonly methodId: SavedMethodId
  readonly currency: CurrencyCode
  readonly scope: AutopayScope
  readonly daysBefore: number
  /** Minor units. */
  readonly limitMinor: bigint
}

export type CoverableInvoice = {
  readonly invoiceId: InvoiceId
  readonly dueOn: BusinessDate
  readonly siteId: string | null
  readonly poNumber: string | null
  readonly totalMinor: bigint
  /** Whether a debit of it was announced to this customer before. */
  readonly wasAnnounced: boolean
}

/** The day on which an invoice of this due date is to be debited. */
export function debitDayOf(order: Pick<AutopayOrder, 'daysBefore'>, dueOn: BusinessDate): BusinessDate {
  return addDays(dueOn, -order.daysBefore)
}

/** Whether autopay pays this invoice at all. */
export function isCovered(order: AutopayOrder, invoice: CoverableInvoice): boolean {
  if (invoice.dueOn < order.acceptedOn && !invoice.wasAnnounced) return false
  const { scope } = order
  if (scope.kind === 'all') return true
  if (scope.siteId !== null && invoice.siteId !== scope.siteId) return false
  if (scope.upToMinor !== null && invoice.totalMinor > scope.upToMinor) return false
  const po = invoice.poNumber?.toUpperCase() ?? ''
  return scope.poPrefix === null || po.startsWith(scope.poPrefix.toUpperCase())
}
