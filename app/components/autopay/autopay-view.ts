/** The words of the autopay pages, made from the orders and debits that the books hold. */
import { encodeId } from '#app/books/ids.ts'
import { formatMoney } from '#app/money/format.ts'
import { money } from '#app/money/money.ts'
import type { AutopayOrderRecord, AutopayRunRecord } from '#app/payments/autopay/autopay-record.ts'
import {
  lessSentence,
  pauseSentence,
  RUN_STATE_WORDS,
  runReasonSentence,
} from '#app/payments/autopay/autopay-words.ts'
import { scopeWords } from '#app/payments/autopay/orders/agreement.ts'
import { formatBusinessDate, formatInstant } from '#app/platform/time.ts'
import type { Shape, Tone } from '#app/ui/status-tag.tsx'

type Words = { readonly locale: string; readonly timeZone: string }

/** One live order as its page shows it. */
export type AutopayOrderView = {
  readonly id: string
  readonly currency: string
  readonly isPaused: boolean
  /** Why it is paused, and what to do; null while it is active. */
  readonly pause: string | null
  readonly facts: readonly { readonly key: string; readonly name: string; readonly value: string }[]
  readonly text: readonly string[]
}

/** One debit as its tables show it. */
export type AutopayRunView = {
  readonly id: string
  readonly day: string
  readonly amount: string
  readonly method: string
  readonly state: string
  readonly tone: Tone
  readonly shape: Shape
  /** Why, in a sentence, and what comes next. */
  readonly why: string | null
  readonly invoices: readonly { readonly id: string; readonly number: string }[]
  readonly paymentId: string | null
}

const LOOKS: Readonly<Record<AutopayRunRecord['state'], { tone: Tone; shape: Shape }>> = {
  noticed: { tone: 'neutral', shape: 'ring' },
  in_progress: { tone: 'amber', shape: 'half' },
  success: { tone: 'accent', shape: 'disc' },
  error: { tone: 'brick', shape: 'square' },
  skipped: { tone: 'slate', shape: 'frame' },
}

/** An order in words. */
export function autopayOrderView(order: AutopayOrderRecord, { locale, timeZone }: Words): AutopayOrderView {
  const { scope, currency, daysBefore } = order
  const upToMinor = scope.kind === 'filter' ? scope.upToMinor : null
  const upTo = upToMinor === null ? null : formatMoney(money(upToMinor, currency), locale)
  const who = order.acceptedBy === null ? '' : ` by ${order.acceptedBy}`
  return {
    id: encodeId('aut', order.id),
    currency,
    isPaused: order.state === 'paused',
    pause: order.state === 'paused' ? pauseSentence(order.pausedReason) : null,
    facts: [
      { key: 'method', name: 'Pays by', value: order.methodName },
      { key: 'scope', name: 'Pays', value: scopeWords({ scope, currency, upTo }) },
      { key: 'when', name: 'When', value: whenWords(daysBefore) },
      { key: 'limit', name: 'Most per debit', value: formatMoney(order.limit, locale) },
      { key: 'agreed', name: 'Agreed', value: `${formatInstant(order.acceptedAt, timeZone, locale)}${who}` },
    ],
    text: order.agreedText.split('\n\n'),
  }
}

/** A debit in words. */
export function autopayRunView(run: AutopayRunRecord, locale: string): AutopayRunView {
  return {
    id: encodeId('run', run.id),
    day: formatBusinessDate(run.debitOn, locale),
    amount: formatMoney(run.charged ?? run.announced, locale),
    method: run.methodName,
    state: RUN_STATE_WORDS[run.state],
    ...LOOKS[run.state],
    why: whyWords(run, locale),
    invoices: run.items.map((item) => ({ id: encodeId('inv', item.invoiceId), number: item.number })),
    paymentId: run.paymentId && encodeId('pay', run.paymentId),
  }
}

function whenWords(daysBefore: number): string {
  if (daysBefore === 0) return 'on the due date'
  return daysBefore === 1 ? 'one day before the due date' : `${daysBefore} days before the due date`
}

function whyWords(run: AutopayRunRecord, locale: string): string | null {
  const next = run.nextTryOn && formatBusinessDate(run.nextTryOn, locale)
  const sentences = [
    runReasonSentence(run.state, run.reason, run.methodKind),
    run.state === 'skipped' ? null : lessSentence(run, locale),
    run.state === 'error' && next !== null ? `Tried again on ${next}.` : null,
    run.state === 'noticed' && run.attemptNo > 1 ? `Try ${run.attemptNo} of 3, on ${next}.` : null,
    run.leftOut.length > 0 ? `Above your limit, left for you to pay: ${run.leftOut.join(', ')}.` : null,
  ].filter((each) => each !== null)
  return sentences.length === 0 ? null : sentences.join(' ')
}
