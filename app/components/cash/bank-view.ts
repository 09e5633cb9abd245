/** The words of bank statements and their movements, made for the pages. */
import { encodeId, newId } from '#app/books/ids.ts'
import { formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type {
  BankLine,
  LineFilter,
  LineState,
  StatementSummary,
} from '#app/payments/bank-statements/bank-line.ts'
import { encodePart, methodOf } from '#app/payments/bank-statements/match-form.ts'
import type { Suggestion } from '#app/payments/bank-statements/suggestion.ts'
import { formatBusinessDate, formatInstant, parseBusinessDate } from '#app/platform/time.ts'
import type { Shape, Tone } from '#app/ui/status-tag.tsx'

type Words = { readonly locale: string; readonly timeZone: string }

export const LINE_STATE_TAGS: Readonly<Record<LineState, readonly [string, Tone, Shape]>> = {
  open: ['Open', 'amber', 'ring'],
  matched: ['Matched', 'accent', 'disc'],
  ignored: ['Ignored', 'neutral', 'bars'],
}

export const STATE_CHOICES: readonly (readonly [string, string])[] = [
  ['open', 'Open'],
  ['matched', 'Matched'],
  ['ignored', 'Ignored'],
  ['all', 'All'],
]

export const DIRECTION_CHOICES: readonly (readonly [string, string])[] = [
  ['', 'In and out'],
  ['in', 'Money in'],
  ['out', 'Money out'],
]

const FORMAT_WORDS: Readonly<Record<string, string>> = { csv: 'CSV', bai2: 'BAI2', camt053: 'camt.053' }

/** A suggestion as its form shows it: what will be booked, why, and what the form sends. */
export type SuggestionView = {
  key: string
  title: string
  button: string
  reasons: readonly string[]
  score: number
  kind: Suggestion['kind']
  /** What the form sends: a payment as one line of text, or the payout's id. */
  value: string
}

export function suggestionView(line: BankLine, suggestion: Suggestion, locale: string): SuggestionView {
  const { kind, score, reasons } = suggestion
  if (suggestion.kind !== 'payment')
    return {
      ...{ key: suggestion.payoutId, kind, score, reasons, value: suggestion.payoutId },
      title:
        kind === 'payout'
          ? `Payout ${suggestion.payoutId} of the card service`
          : `Payout ${suggestion.payoutId}, gone back`,
      button: 'Tie it to this payout',
    }
  const { customerId, customerName, items, numbers, unapplied } = suggestion
  const shown = numbers.slice(0, 4).join(', ') + (numbers.length > 4 ? ` and ${numbers.length - 4} more` : '')
  const credit = isPositive(unapplied) ? `${formatMoney(unapplied, locale)} as credit` : ''
  const paid = items.length === 0 ? '' : `for ${items.length === 1 ? 'invoice' : 'invoices'} ${shown}`
  return {
    ...{ key: customerId, kind, score, reasons },
    title: `Payment of ${customerName} ${[paid, credit].filter(Boolean).join(', ')}`,
    button: `Book ${formatMoney(line.amount, locale)}`,
    value: encodePart({
      paymentId: newId<'pay'>(),
      customerId,
      method: methodOf(line),
      amount: line.amount,
      items,
    }),
  }
}

/** A movement as the list shows it. */
export function lineRow(line: BankLine, suggestions: readonly Suggestion[], locale: string) {
  const [best] = suggestions
  return {
    id: encodeId('bln', line.id),
    on: formatBusinessDate(line.bookedOn, locale),
    who: line.counterparty ?? line.description ?? line.reference ?? 'No name given',
    text: [line.reference, line.counterparty === null ? null : line.description]
      .filter((text) => text !== null)
      .join(' · '),
    amount: formatMoney(line.amount, locale),
    state: line.state,
    note: line.note,
    best: best === undefined ? null : suggestionView(line, best, locale),
    others: Math.max(0, suggestions.length - 1),
  }
}
export type BankLineRow = ReturnType<typeof lineRow>

/** A statement as the list shows it. */
export function statementRow(statement: StatementSummary, { locale, timeZone }: Words) {
  const day = (text: string | null): string =>
    text === null ? '' : formatBusinessDate(parseBusinessDate(text), locale)
  const [from, to] = [day(statement.fromOn), day(statement.toOn)]
  return {
    id: encodeId('bst', statement.id),
    fileName: statement.fileName,
    format: FORMAT_WORDS[statement.format] ?? statement.format,
    account: statement.accountLast4 === null ? '' : `ending ${statement.accountLast4}`,
    days: from === to ? from : `${from} to ${to}`,
    closing: statement.closing === null ? '' : formatMoney(statement.closing, locale),
    lines: String(statement.lines),
    open: String(statement.open),
    at: formatInstant(statement.createdAt, timeZone, locale),
  }
}
export type StatementRow = ReturnType<typeof statementRow>

/** Reads the filter of an address; what it does not know is left out, and open movements are shown first. */
export function readLineFilter(address: URLSearchParams, statementId: string | null): LineFilter {
  const state = address.get('state') ?? 'open'
  const direction = address.get('direction')
  const text = (address.get('q') ?? '').replaceAll('\0', '').trim().slice(0, 200)
  return {
    state: state === 'open' || state === 'matched' || state === 'ignored' ? state : null,
    direction: direction === 'in' || direction === 'out' ? direction : null,
    statementId,
    text: text === '' ? null : text,
  }
}
