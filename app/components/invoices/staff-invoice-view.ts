import type { MoneyPart } from '#app/components/invoices/money-breakdown.tsx'
import type { HoldView, InvoiceDetail } from '#app/invoices/invoice-detail.ts'
import type { SubjectEntry } from '#app/ledger/subject-entry.ts'
import { SHORT_REASONS } from '#app/payments/cart/short-pay.ts'
import { formatInstant } from '#app/platform/time.ts'
import { moneyParts } from './invoice-page-view.ts'

type Words = { readonly locale: string; readonly timeZone: string }

/** What the total is made of, from the supplier's side: what a checkout reserves does not wait for the reader. */
export function staffMoneyParts(detail: InvoiceDetail, locale: string): readonly MoneyPart[] {
  return moneyParts(detail, locale).map((part) =>
    part.state === 'awaiting' ? { ...part, state: 'preparing', detail: 'reserved by a checkout' } : part,
  )
}

const HOLD_WORDS: Readonly<Record<HoldView['kind'], string>> = {
  reserved: 'Reserved by a checkout',
  processing: 'On its way',
  disputed: 'Disputed',
  escrow: 'In escrow',
  protest: 'Disputed, in escrow',
}

/** Allocations, holds and disputes of an invoice as rows of tables. */
export function invoiceMovements(detail: InvoiceDetail, { locale, timeZone }: Words) {
  return {
    allocations: detail.allocations.map(({ id, on, amount, isReversal, source }) => ({
      ...{ id, on: on.text, amount: amount.text },
      what: isReversal ? 'Taken back' : 'Applied',
      from: sourceOf(source),
    })),
    holds: detail.holds.map((hold) => ({
      id: `${hold.kind} ${hold.since} ${hold.payment?.id ?? ''}`,
      what: HOLD_WORDS[hold.kind],
      since: formatInstant(new Date(hold.since), timeZone, locale),
      payment: hold.payment && { id: hold.payment.id, number: hold.payment.number },
      amount: hold.amount.text,
    })),
    disputes: detail.disputes.map(({ id, reason, amount, openedOn, closedOn, outcome }) => ({
      ...{ id, amount: amount.text, opened: openedOn.text, isOpen: closedOn === null },
      reason: SHORT_REASONS.find(({ code }) => code === reason)?.words ?? reason,
      closed: closedOn === null ? 'open' : `${closedOn.text}${outcome === null ? '' : `, ${outcome}`}`,
    })),
  }
}

const ADJUSTMENT_WORDS = {
  discount: 'Early-payment discount',
  write_off: 'Written off',
  tolerance: 'Small difference written off',
} as const

function sourceOf(source: InvoiceDetail['allocations'][number]['source']): {
  text: string
  href: string | null
} {
  switch (source.kind) {
    case 'payment':
      return { text: `Payment ${source.number}`, href: `/staff/payments/${source.id}` }
    case 'credit-memo':
      return { text: `Credit ${source.number}`, href: null }
    case 'adjustment':
      return { text: ADJUSTMENT_WORDS[source.adjustment], href: null }
  }
}

/** Events of a subject as the list of ledger entries shows them. */
export function subjectEntryRows(entries: readonly SubjectEntry[], { locale, timeZone }: Words) {
  const at = (instant: Date | null): string =>
    instant === null ? '' : formatInstant(instant, timeZone, locale)
  return entries.map((entry) => ({
    id: entry.id,
    what: `${entry.sequence}. ${entry.type}, ${entry.certainty}`,
    state: entry.state,
    commitment: entry.commitment ?? '',
    position: entry.position?.toString() ?? '',
    transaction: entry.transactionHash ?? '',
    block: entry.blockNumber?.toString() ?? '',
    recorded: at(entry.recordedAt),
    final: at(entry.finalAt),
  }))
}
