import type { TermRow } from '#app/payments/fees/discount-term.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** Discount terms in a table of staff. */
export type TermView = {
  id: string
  what: string
  who: string
  when: string
  conditions: string
  isOpen: boolean
}

/** "2 % within 10 days", for whom, for which invoices, and what counts. */
export function discountTermRow(term: TermRow, locale: string): TermView {
  const { validFrom, validTo } = term
  const from = `from ${formatBusinessDate(validFrom, locale)}`
  return {
    id: term.id,
    what: `${term.rateBps / 100}\u00a0% within ${term.days} days`,
    who: term.customer === null ? 'Every customer' : `${term.customer.name} (${term.customer.number})`,
    when: validTo === null ? from : `${from} to ${formatBusinessDate(validTo, locale)}`,
    conditions: [
      term.basis === 'settled' ? 'when settled in time' : 'when initiated in time',
      ...(term.excludesTax ? ['without tax'] : []),
      ...(term.onPartials ? ['parts earn their share'] : []),
    ].join(', '),
    isOpen: validTo === null,
  }
}
