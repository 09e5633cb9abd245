import type { AmountDue, AccountFigure as FigureLine } from '#app/components/account/account-figures.tsx'
import type { AccountFigures } from '#app/invoices/invoice-view.ts'
import { dueInWords } from '#app/invoices/invoice-view.ts'
import { type BusinessDate, formatBusinessDate } from '#app/platform/time.ts'

/** How many invoices one payment takes; above it the buyer chooses instead of paying everything at once. */
const MOST_AT_ONCE = 100

type HomeAsks = { base: string; today: BusinessDate; locale: string; canPay: boolean }

/** What is due in one currency, when, and the one act that follows from it. */
export function amountDueView(figures: AccountFigures, asks: HomeAsks): AmountDue {
  const { payable, open } = figures
  const choose = { label: 'Choose what to pay', href: `${asks.base}/invoices` }
  if (payable.count === 0) {
    return {
      title: `To pay in ${figures.currency}`,
      label: open.count === 0 ? 'You owe' : 'To pay now',
      amount: payable.amount.spoken,
      when: open.count === 0 ? 'Everything is settled.' : 'What is open is on its way or in dispute.',
      pay: null,
      also: { label: 'See your invoices', href: `${asks.base}/invoices?status=all` },
    }
  }
  const everything = payable.count <= MOST_AT_ONCE
  return {
    title: `To pay in ${figures.currency}`,
    label: 'To pay',
    amount: payable.amount.spoken,
    when: whenSentence(figures, asks),
    pay: !asks.canPay
      ? null
      : everything
        ? {
            label: `Pay ${payable.amount.spoken}`,
            href: `${asks.base}/pay?all=open&currency=${figures.currency}`,
          }
        : { label: 'Choose what to pay', href: choose.href },
    ...(everything && asks.canPay && { also: choose }),
  }
}

function whenSentence(figures: AccountFigures, { today, locale }: HomeAsks): string {
  const { payablePastDue, nextDueOn, payable } = figures
  if (nextDueOn === null) return ''
  const day = formatBusinessDate(nextDueOn.date, locale)
  const words = dueInWords(nextDueOn.date, today)
  const invoices = payable.count === 1 ? '1 invoice' : `${payable.count} invoices`
  // What is in a payment already is not asked for again, however late it is.
  if (payablePastDue.count === 0)
    return `${invoices}; the first is due on ${day}, ${words.replace('due ', '')}.`
  if (payablePastDue.amount.spoken === payable.amount.spoken)
    return `${payable.count === 1 ? '1 invoice, past due' : `${invoices}, all past due; the oldest`} since ${day} (${words}).`
  return `${invoices}; ${payablePastDue.amount.spoken} is past due, the oldest since ${day} (${words}).`
}

/** The account in figures; each opens the list of the rows that make it. */
export function accountFigureLines(figures: AccountFigures, base: string): readonly FigureLine[] {
  const list = (status: string): string => `${base}/invoices?status=${status}&currency=${figures.currency}`
  const lines = [
    ['open', 'Open in all', figures.open, list('open')],
    ['not-due', 'Not due yet', figures.notDue, list('not-due')],
    ['past-due', 'Past due', figures.pastDue, list('past-due')],
    ['on-its-way', 'Being paid', figures.onItsWay, list('on-its-way')],
    ['disputed', 'Disputed', figures.disputed, list('disputed')],
    ['credit', 'Credit not used', figures.unappliedCredit, `${base}/credits`],
  ] as const
  return lines.map(([key, name, figure, href]) => ({
    key,
    name,
    amount: figure.amount.spoken,
    href: figure.count === 0 ? null : href,
  }))
}
