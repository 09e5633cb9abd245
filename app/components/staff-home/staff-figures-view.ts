import type { AccountFigure } from '#app/components/account/account-figures.tsx'
import type { AccountFigures } from '#app/invoices/invoice-view.ts'

/** A customer's account in figures, for staff: each opens the rows that make it, in the lists of staff. */
export function staffFigureLines(figures: AccountFigures, customerId: string): readonly AccountFigure[] {
  const list = (status: string): string =>
    `/staff/invoices?customer=${customerId}&status=${status}&currency=${figures.currency}`
  const lines = [
    ['open', 'Open in all', figures.open, list('open')],
    ['not-due', 'Not due yet', figures.notDue, list('not-due')],
    ['past-due', 'Past due', figures.pastDue, list('past-due')],
    ['on-its-way', 'Being paid', figures.onItsWay, list('on-its-way')],
    ['disputed', 'Disputed', figures.disputed, list('disputed')],
    ['credit', 'Credit not used', figures.unappliedCredit, null],
  ] as const
  return lines.map(([key, name, figure, href]) => ({
    key,
    name,
    amount: figure.amount.spoken,
    href: figure.count === 0 ? null : href,
  }))
}
