import { findCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { formatBusinessDate, parseBusinessDate } from '#app/platform/time.ts'
import type { CanonicalEvent } from './canonical.ts'
import type { Certainty, EventType, SubjectKind } from './event.ts'

/** What happened, in plain words. */
export const EVENT_WORDS: Readonly<Record<EventType, string>> = {
  'invoice.issued': 'Invoice issued',
  'invoice.corrected': 'Invoice corrected',
  'invoice.cancelled': 'Invoice cancelled',
  'credit.issued': 'Credit granted',
  'credit.applied': 'Credit applied',
  'payment.applied': 'Payment applied',
  'payment.reversed': 'Payment taken back',
  'dispute.opened': 'Dispute opened',
  'dispute.resolved': 'Dispute resolved',
  'plan.agreed': 'Payment plan agreed',
  'plan.ended': 'Payment plan ended',
  writeoff: 'Written off',
  'placement.granted': 'Placed with an agency',
  'placement.revoked': 'Placement withdrawn',
  'disclosure.granted': 'Disclosure granted',
  'disclosure.revoked': 'Disclosure withdrawn',
  'payee.changed': 'Payee changed',
  'audit.head': 'Audit log anchored',
}

/** What an event is about, in plain words. */
export const SUBJECT_WORDS: Readonly<Record<SubjectKind, string>> = {
  invoice: 'Invoice',
  customer: 'Customer account',
  supplier: 'Supplier',
}

/** Who stands behind an event, in plain words. */
export const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = {
  asserted: 'stated by the supplier',
  confirmed: 'confirmed by the supplier’s books',
  countersigned: 'countersigned by the customer',
  irrevocable: 'can no longer be returned',
}

/** Minor units as people write the amount; with an unknown currency, the bare minor units. */
export function amountInWords(minorUnits: string, currencyCode: string): string {
  const currency = findCurrency(currencyCode)
  return currency === null
    ? `${minorUnits} minor units of ${currencyCode}`
    : formatMoney(money(BigInt(minorUnits), currency))
}

/** One line for an event: what happened, how much, when. */
export function eventLine(event: CanonicalEvent): string {
  const amount =
    event.amount === null || event.currency === null ? '' : ` ${amountInWords(event.amount, event.currency)}`
  return `${EVENT_WORDS[event.type]}${amount}, ${formatBusinessDate(parseBusinessDate(event.occurredOn))}`
}

/** What stands behind the head that the entries were held against. */
export function headWords(isProven: boolean): string {
  return isProven
    ? 'The head is proven against the hash of that block: compare the hash with another source, and you need not trust the address that was asked.'
    : 'The address that was asked gives no proof of the head, so this rests on its word: ask another one as well.'
}
