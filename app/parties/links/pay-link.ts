/**
 * Pay links: whoever holds one sees what it is for and pays it, without signing in. A link lives until 30 days after the due date,
 * for an invoice that is late already until 30 days from now, and never longer than 120 days. An expired one is sent again only to
 * the address that the first went to.
 */
import type { CustomerId, InvoiceId } from '#app/books/ids.ts'
import { addDays, type BusinessDate } from '#app/platform/time.ts'

const DAYS_AFTER_DUE = 30
const MOST_DAYS = 120

export type PayLink = {
  readonly id: string
  readonly customerId: CustomerId
  /** The one invoice; null for everything that is open. */
  readonly invoiceId: InvoiceId | null
  readonly recipient: string
  readonly isExpired: boolean
}

/** The last day of a link that is made today. `dueOn`: the latest due date among what it is for, null when nothing is. */
export function lastDayOfLink(dueOn: BusinessDate | null, today: BusinessDate): BusinessDate {
  const from = dueOn !== null && dueOn > today ? dueOn : today
  const wanted = addDays(from, DAYS_AFTER_DUE)
  const longest = addDays(today, MOST_DAYS)
  return wanted < longest ? wanted : longest
}

/** An address as a stranger may see it: enough for its owner to know it. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 1 ? '•••' : `${address.slice(0, 1)}•••${address.slice(at)}`
}
