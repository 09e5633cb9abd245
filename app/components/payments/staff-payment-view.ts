/** The words of a payment's page for staff, made from its file. Everything is formatted here; nothing is decided. */
import { encodeId } from '#app/books/ids.ts'
import type { LedgerState } from '#app/components/ledger/ledger-mark.tsx'
import { momentWords } from '#app/components/moment-words.ts'
import { formatAmount, formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type { StaffPayment } from '#app/payments/overview/staff-payment.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'
import type { Tone } from '#app/ui/status-tag.tsx'
import { reversalWords } from './payment-view.ts'

type Words = { readonly locale: string; readonly timeZone: string }

/** One thing that happened, oldest first; `at` is ISO 8601. */
export type StaffStep = {
  key: string
  what: string
  who: string | null
  when: string
  at: string
  amount: string | null
  note: string | null
  tone: Tone
}

const STATE_WORDS: Readonly<Record<StaffPayment['state'], readonly [string, Tone]>> = {
  created: ['Begun, amounts held', 'neutral'],
  awaiting_customer: ['Checkout open, waiting for the buyer', 'amber'],
  requires_action: ['Waiting for the bank’s check', 'amber'],
  processing: ['On its way', 'amber'],
  settled: ['Settled and booked', 'accent'],
  failed: ['Failed', 'brick'],
  expired: ['Expired, holds freed', 'neutral'],
  canceled: ['Cancelled, holds freed', 'neutral'],
}

/** State changes, answers, events, letters and cases in the order in which they happened. */
export function staffSteps(payment: StaffPayment, words: Words): readonly StaffStep[] {
  const step = (
    key: string,
    at: Date,
    what: string,
    more: Partial<Omit<StaffStep, 'key' | 'at' | 'what' | 'when'>> = {},
  ): StaffStep => ({
    ...{ key, what, who: null, amount: null, note: null, tone: 'neutral', ...more },
    at: at.toISOString(),
    when: momentWords(at, words),
  })
  const changes = payment.changes.map(({ sequence, to, cause, recordedAt }) => {
    const [what, tone] = STATE_WORDS[to]
    const amount = to === 'settled' ? formatMoney(payment.received, words.locale) : null
    return step(`change-${sequence}`, recordedAt, what, { who: `cause: ${cause}`, tone, amount })
  })
  const answers = payment.attempts.map((attempt) =>
    step(
      `attempt-${attempt.id}`,
      attempt.answeredAt ?? attempt.lastSentAt ?? attempt.createdAt,
      `Request ${attempt.operation}, try ${attempt.attemptNo}: ${attempt.state}`,
      {
        tone: attempt.state === 'unknown' ? 'brick' : 'neutral',
        note: attempt.errorText ?? attempt.errorCode,
      },
    ),
  )
  const events = payment.webhooks.map(({ id, type, receivedAt, outcome, lastError }) =>
    step(`event-${id}`, receivedAt, `Event ${type}`, {
      who: outcome ?? 'not worked off yet',
      note: lastError,
    }),
  )
  const reversals = payment.reversals.map((each) =>
    step(`reversal-${each.id}`, each.recordedAt, reversalWords(each.kind), {
      amount: formatMoney(each.amount, words.locale),
      tone: 'brick',
    }),
  )
  const letters = payment.mails.map((mail) =>
    step(
      `mail-${mail.id}`,
      mail.sentAt ?? mail.createdAt,
      `Receipt ${mail.sentAt ? 'sent' : 'put into the outbox'}`,
      {
        who: `to ${mail.recipient}`,
        note: mail.lastError,
      },
    ),
  )
  const cases = payment.cases.map((each) =>
    step(`case-${each.id}`, each.openedAt, exceptionWords(each.kind).title, {
      tone: 'brick',
      note: each.resolution === null ? null : `Closed: ${each.resolution}`,
    }),
  )
  const all = [...changes, ...answers, ...events, ...reversals, ...letters, ...cases]
  return all.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

export type FactPair = { key: string; name: string; value: string; isCode: boolean }

/** Amounts, and the names by which the card service knows the payment. */
export function staffFacts(payment: StaffPayment, { locale, timeZone }: Words): readonly FactPair[] {
  const money = (amount: StaffPayment['asked']): string | null =>
    isPositive(amount) ? formatMoney(amount, locale) : null
  const rows: readonly (readonly [string, string | null, boolean?])[] = [
    ['Asked for', formatMoney(payment.asked, locale)],
    ['Received', money(payment.received)],
    ['Applied to no invoice', money(payment.unapplied)],
    ['Taken back', money(payment.reversed)],
    ['Paid', payment.method],
    ['Settled on', payment.settledOn && formatBusinessDate(payment.settledOn, locale)],
    ['Declined with', payment.failureCode, true],
    ['Checkout', payment.checkoutId, true],
    ['Payment intent', payment.intentId, true],
    ['Charge', payment.chargeId, true],
    [
      'Last read from the card service',
      payment.syncedAt && momentWords(payment.syncedAt, { locale, timeZone }),
    ],
  ]
  return rows.flatMap(([name, value, isCode = false]) =>
    value === null ? [] : [{ key: name, name, value, isCode }],
  )
}

/** The tables of the page; what is an instant is formatted, what is missing is empty. */
export function staffTables(payment: StaffPayment, { locale, timeZone }: Words) {
  const at = (instant: Date | null): string =>
    instant === null ? '' : momentWords(instant, { locale, timeZone })
  return {
    items: payment.items.map((item) => ({
      id: encodeId('inv', item.invoiceId),
      number: item.number,
      planned: formatMoney(item.amount, locale),
    })),
    attempts: payment.attempts.map((attempt) => ({
      id: attempt.id,
      what: `${attempt.operation}, try ${attempt.attemptNo}`,
      idempotencyKey: attempt.idempotencyKey,
      state: attempt.state,
      stored: at(attempt.createdAt),
      firstSent: at(attempt.firstSentAt),
      lastSent: at(attempt.lastSentAt),
      answered: at(attempt.answeredAt),
      requestId: attempt.providerRequestId ?? '',
      error: [attempt.errorCode, attempt.errorText].filter(Boolean).join(': '),
    })),
    webhooks: payment.webhooks.map((event) => ({
      id: event.id,
      type: event.type,
      received: at(event.receivedAt),
      processed: at(event.processedAt),
      outcome: event.outcome ?? 'waiting',
      error: event.lastError ?? '',
    })),
    journals: payment.journals.map((journal) => ({
      id: journal.id,
      kind: journal.kind,
      on: formatBusinessDate(journal.effectiveOn, locale),
      recorded: at(journal.recordedAt),
      currency: journal.postings[0]?.amount.currency ?? payment.amount.currency,
      postings: journal.postings.map((posting, index) => ({
        key: String(index),
        account: posting.account,
        invoice: invoiceOf(payment, posting.invoiceId),
        debit: isPositive(posting.amount) ? formatAmount(posting.amount, locale) : '',
        credit: isPositive(posting.amount)
          ? ''
          : formatAmount({ ...posting.amount, minor: -posting.amount.minor }, locale),
      })),
    })),
    allocations: payment.allocations.map((each) => ({
      id: each.id,
      invoice: { id: encodeId('inv', each.invoiceId), number: each.invoiceNumber },
      on: formatBusinessDate(each.effectiveOn, locale),
      what: each.isReversal ? 'Taken back' : 'Applied',
      amount: formatAmount(each.amount, locale),
    })),
    ledger: payment.ledger.map((entry) => {
      const place = payment.ledgerPlaces.get(entry.ledgerEventId)
      return {
        id: entry.ledgerEventId,
        what: `${entry.type}, number ${place?.sequence ?? '?'} of ${entry.subject}`,
        state: entry.state satisfies LedgerState,
        commitment: entry.commitment ?? '',
        position: place?.position?.toString() ?? '',
        transaction: entry.transactionHash ?? '',
        block: entry.blockNumber?.toString() ?? '',
        recorded: at(entry.recordedAt),
        final: at(place?.finalAt ?? null),
      }
    }),
    mails: payment.mails.map((mail) => ({
      id: mail.id,
      to: mail.recipient,
      made: at(mail.createdAt),
      sent: at(mail.sentAt),
      state: mail.sentAt ? 'sent' : mail.attempts > 0 ? `tried ${mail.attempts} times` : 'waiting',
      error: mail.lastError ?? '',
    })),
  }
}

export type StaffPaymentTables = ReturnType<typeof staffTables>

function invoiceOf(payment: StaffPayment, invoiceId: string | null): string {
  if (invoiceId === null) return ''
  const known = [
    ...payment.items,
    ...payment.allocations.map((each) => ({ invoiceId: each.invoiceId, number: each.invoiceNumber })),
  ]
  return known.find((each) => each.invoiceId === invoiceId)?.number ?? ''
}
