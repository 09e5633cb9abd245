/** The words of the first page of staff: what needs a person, and the figures of the day. */
import { encodeId } from '#app/books/ids.ts'
import { agoWords, secondsWords } from '#app/components/ago-words.ts'
import type { Receivables } from '#app/invoices/customer-balance.ts'
import type { ChainQueue } from '#app/ledger/chain-queue.ts'
import { formatMoney } from '#app/money/format.ts'
import type { Money } from '#app/money/money.ts'
import type { TroubledPayment, TroubleReason } from '#app/payments/overview/troubled-payment.ts'
import type { WebhookBacklog } from '#app/payments/webhooks/webhook-backlog.ts'
import type { TaskLoad } from '#app/platform/job-load.ts'
import type { GridFigure } from '#app/ui/figure-grid.tsx'

const REASONS: Readonly<Record<TroubleReason, string>> = {
  'outcome-unknown': 'The card service did not say whether it took the request; we go on asking.',
  'not-answered': 'A request to the card service was not answered.',
  'no-word': 'The card service has said nothing new for long.',
}

/** Payments that need a look, each with its reason and its link. */
export function troubleRows(troubles: readonly TroubledPayment[], locale: string, now: Date) {
  return troubles.map((payment) => ({
    id: encodeId('pay', payment.id),
    number: payment.number,
    customer: payment.customerName,
    standing: payment.standing,
    amount: formatMoney(payment.amount, locale),
    why: REASONS[payment.reason],
    since: agoWords(payment.since, now),
    lastRead: payment.syncedAt === null ? 'never' : `${agoWords(payment.syncedAt, now)} ago`,
  }))
}

/** Money open, late and received, per currency. */
export function moneyFigures(
  receivables: readonly Receivables[],
  received: readonly { amount: Money; count: number }[],
  locale: string,
): readonly GridFigure[] {
  const count = (many: number, one: string): string =>
    `${many.toLocaleString(locale)} ${one}${many === 1 ? '' : 's'}`
  return [
    ...receivables
      .toSorted((a, b) => b.openCount - a.openCount)
      .flatMap(({ open, pastDue, openCount, pastDueCount }): GridFigure[] => [
        {
          key: `open ${open.currency}`,
          name: `Open in ${open.currency}`,
          value: formatMoney(open, locale),
          note: count(openCount, 'invoice'),
          href: `/staff/invoices?status=open&currency=${open.currency}`,
        },
        {
          key: `late ${open.currency}`,
          name: `Past due in ${open.currency}`,
          value: formatMoney(pastDue, locale),
          note: count(pastDueCount, 'invoice'),
          href: `/staff/invoices?status=past-due&currency=${open.currency}`,
        },
      ]),
    ...received.map(({ amount, count: payments }) => ({
      key: `received ${amount.currency}`,
      name: `Received in ${amount.currency}, last 7 days`,
      value: formatMoney(amount, locale),
      note: count(payments, 'payment'),
      href: '/staff/payments?show=settled',
    })),
  ]
}

/** How far each queue is behind, in one line each. */
export function lagFacts(
  loads: readonly TaskLoad[],
  chain: ChainQueue,
  inbox: WebhookBacklog,
  now: Date,
): readonly (readonly [string, string])[] {
  const sum = (pick: (load: TaskLoad) => number): number =>
    loads.reduce((total, load) => total + pick(load), 0)
  const lag = Math.max(-1, ...loads.map(({ lagSeconds }) => lagSeconds ?? -1))
  const failed = sum((load) => load.failed)
  const waiting = sum((load) => load.waiting + load.failing)
  const onTheWay = chain.transactions.filter(({ state }) => state === 'queued' || state === 'sent')
  const oldest = [chain.uncommitted, chain.unqueued, ...onTheWay].flatMap(({ oldestAt }) => oldestAt ?? [])
  const first = oldest.toSorted((a, b) => a.getTime() - b.getTime())[0]
  const entries = chain.uncommitted.count + chain.unqueued.count
  return [
    [
      'Jobs',
      `${waiting} waiting${lag >= 0 ? `, the oldest for ${secondsWords(lag)}` : ''}${failed > 0 ? `; ${failed} failed for good` : ''}`,
    ],
    [
      'Shared ledger',
      first === undefined
        ? 'nothing waits'
        : `${entries.toLocaleString('en-US')} entries and ${onTheWay.reduce((total, { count }) => total + count, 0)} transactions wait, the oldest for ${agoWords(first, now)}`,
    ],
    [
      'Events of the card service',
      inbox.oldestAt === null
        ? 'all worked off'
        : `${inbox.count} wait, the oldest for ${agoWords(inbox.oldestAt, now)}`,
    ],
  ]
}
