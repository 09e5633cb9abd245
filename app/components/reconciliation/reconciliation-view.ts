/** The words of the page of reconciliation: totals that must agree, differences, payouts and runs. */
import { encodeId } from '#app/books/ids.ts'
import { bankLineHref } from '#app/components/reconciliation/exception-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import { businessDateIn, formatBusinessDate, formatInstant } from '#app/platform/time.ts'
import { caseKindOf, DIFFERENCE_KINDS, OWNER_OF } from '#app/reconciliation/comparison/difference.ts'
import { DIFFERENCE_WORDS } from '#app/reconciliation/comparison/difference-words.ts'
import type { RunCounts } from '#app/reconciliation/runs/run-counts.ts'
import type { OpenDifference, PayoutView, RunView } from '#app/reconciliation/runs/run-view.ts'
import type { Shape, Tone } from '#app/ui/status-tag.tsx'

type Words = { readonly locale: string; readonly timeZone: string }
type Mark = { readonly tone: Tone; readonly shape: Shape; readonly word: string }

const AGREES: Mark = { tone: 'accent', shape: 'disc', word: 'Agrees' }
const DIFFERS: Mark = { tone: 'brick', shape: 'square', word: 'Differs' }

export const OWNER_WORDS: Readonly<Record<OpenDifference['owner'], string>> = {
  ar: 'Accounts receivable',
  finance: 'Finance',
  operations: 'Operations',
}

function amountWords(minor: string | bigint, currency: string, locale: string): string {
  return formatMoney(money(BigInt(minor), parseCurrency(currency)), locale)
}

/** A total of each side; an empty text where that side has none. */
export type TotalRow = {
  readonly key: string
  readonly name: string
  /** What explains part of it, or an empty text. */
  readonly note: string
  readonly books: string
  readonly processor: string
  readonly bank: string
  readonly chain: string
  readonly underWay: string
  readonly mark: Mark
}

/** The totals of a run, one row for each thing that two or more sides have. */
export function totalRows({ held, paidOut, chain }: RunCounts, { locale }: Words): TotalRow[] {
  const none = { note: '', bank: '', chain: '', underWay: '', processor: '' }
  return [
    ...held.map(({ currency, booksMinor, providerMinor, reservedMinor, inFlightMinor }) => ({
      ...none,
      key: `held ${currency}`,
      name: `Held by the card service, ${currency}`,
      note: reservedMinor === '0' ? '' : `of it in reserve ${amountWords(reservedMinor, currency, locale)}`,
      books: amountWords(booksMinor, currency, locale),
      processor: amountWords(providerMinor, currency, locale),
      underWay: amountWords(inFlightMinor, currency, locale),
      mark: BigInt(booksMinor) + BigInt(inFlightMinor) === BigInt(providerMinor) ? AGREES : DIFFERS,
    })),
    ...paidOut.map(({ currency, booksMinor, providerMinor, bankMinor }) => ({
      ...none,
      key: `paid ${currency}`,
      name: `Paid out to the bank, ${currency}`,
      books: amountWords(booksMinor, currency, locale),
      processor: amountWords(providerMinor, currency, locale),
      bank: amountWords(bankMinor, currency, locale),
      mark: booksMinor === providerMinor ? AGREES : DIFFERS,
    })),
    ...(chain === null
      ? []
      : [
          {
            ...none,
            key: 'chain',
            name: 'Events of the shared ledger',
            books: chain.events.toLocaleString(locale),
            chain: (chain.events - chain.waiting).toLocaleString(locale),
            underWay: chain.waiting.toLocaleString(locale),
            mark: chain.waiting < 0 ? DIFFERS : AGREES,
          },
        ]),
  ]
}

/** How many differences of each kind a run saw; kinds of which it saw none are left out. */
export function kindRows({
  kinds,
}: RunCounts): { kind: string; title: string; owner: string; count: number }[] {
  return DIFFERENCE_KINDS.flatMap((kind) => {
    const count = kinds[caseKindOf(kind)] ?? 0
    return count === 0
      ? []
      : [{ kind, title: DIFFERENCE_WORDS[kind].title, owner: OWNER_WORDS[OWNER_OF[kind]], count }]
  })
}

/** An open difference as its reader needs it: what, how much on each side, whose work, and what to do. */
export function differenceRows(differences: readonly OpenDifference[], { locale, timeZone }: Words) {
  return differences.map(({ id, title, cause, next, owner, subject, paymentId, facts, openedAt }) => {
    const amount = (name: string): string => amountOf(facts[name], facts.currency, locale)
    return {
      id: encodeId('exc', id),
      title,
      cause,
      next,
      owner: OWNER_WORDS[owner],
      subject,
      paymentId: paymentId && encodeId('pay', paymentId),
      lineHref: bankLineHref(subject),
      books: amount('booksMinor'),
      other: amount('providerMinor') || amount('payoutMinor') || amount('bankMinor'),
      opened: formatBusinessDate(businessDateIn(timeZone, openedAt), locale),
    }
  })
}

/** Facts of cases are text: what is no amount of one currency is left out. */
function amountOf(minor: string | undefined, currency: string | undefined, locale: string): string {
  if (minor === undefined || !/^-?\d+$/.test(minor) || !/^[A-Z]{3}$/.test(currency ?? '')) return ''
  return amountWords(minor, currency ?? '', locale)
}

const PAYOUT_MARKS: Readonly<Record<string, Mark>> = {
  pending: { tone: 'amber', shape: 'ring', word: 'Planned' },
  in_transit: { tone: 'amber', shape: 'half', word: 'On its way' },
  paid: { tone: 'accent', shape: 'disc', word: 'Paid' },
  failed: { tone: 'brick', shape: 'square', word: 'Failed' },
  canceled: { tone: 'neutral', shape: 'frame', word: 'Cancelled' },
}
const UNKNOWN: Mark = { tone: 'neutral', shape: 'ring', word: 'Unknown' }

/** A payout with what is in it, what the books have of it, and the bank's line. */
export function payoutRows(payouts: readonly PayoutView[], { locale }: Words) {
  return payouts.map((payout) => ({
    id: payout.id,
    arrives: formatBusinessDate(payout.arrivalDate, locale),
    amount: amountWords(payout.amountMinor, payout.currency, locale),
    mark: PAYOUT_MARKS[payout.status] ?? UNKNOWN,
    parts: payout.isItemised
      ? payout.parts.map(
          ({ type, count, netMinor }) =>
            `${count} × ${type.replaceAll('_', ' ')}: ${amountWords(netMinor, payout.currency, locale)}`,
        )
      : [payout.status === 'paid' ? 'Not told by the card service' : 'Told when it is paid'],
    booked: payout.bookedMinor === 0n ? '' : amountWords(payout.bookedMinor, payout.currency, locale),
    bank: payout.bankDays.map((day) => formatBusinessDate(day, locale)).join(', '),
  }))
}

/** A comparison that was made, or that could not be made. */
export function runRows(runs: readonly RunView[], { locale, timeZone }: Words) {
  return runs.map(({ id, from, to, startedAt, finishedAt, counts, differences, failure }) => ({
    id,
    at: formatInstant(startedAt, timeZone, locale),
    days: `${formatBusinessDate(from, locale)} to ${formatBusinessDate(to, locale)}`,
    groups: counts.compared.groups.toLocaleString(locale),
    payouts: counts.compared.payouts.toLocaleString(locale),
    mark: runMark(finishedAt !== null, failure !== null, differences),
    differences,
    failure: failure ?? '',
  }))
}

function runMark(isFinished: boolean, isFailed: boolean, differences: number): Mark {
  if (isFailed) return { tone: 'brick', shape: 'square', word: 'Not finished' }
  if (!isFinished) return { tone: 'amber', shape: 'half', word: 'Running, or cut off' }
  return differences === 0 ? AGREES : { tone: 'amber', shape: 'diamond', word: 'Differences' }
}
