import { encodeId } from '#app/books/ids.ts'
import { type ChainMark, eventSentence, type LedgerEventView } from '#app/invoices/invoice-detail.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'

/** A ledger event with where it stands on the chain, as the database answers it. */
export type EventRecord = {
  id: string
  sequence: number
  type: string
  occurredOn: string
  recordedAt: Date
  amountMinor: bigint | null
  openAfterMinor: bigint | null
  certainty: string
  relatesTo: string | null
  relatedNumber: string | null
  paymentId: string | null
  creditMemoId: string | null
  disputeId: string | null
  chainState: string | null
  transactionHash: string | null
}

/** Where an event is on its way to the chain; one whose transaction was reverted waits for another. */
export function chainMark(state: string | null): ChainMark {
  return state === 'sent' || state === 'recorded' || state === 'final' ? state : 'queued'
}

/** Ledger events as a timeline shows them. */
export function eventViews(
  events: readonly EventRecord[],
  currency: string,
  locale: string,
): LedgerEventView[] {
  const amount = (minor: bigint | null): LedgerEventView['amount'] =>
    minor === null ? null : minorView(minor, currency, locale)
  return events.map((event) => ({
    id: encodeId('evt', event.id),
    sequence: event.sequence,
    type: event.type,
    what: eventSentence(event.type, event.relatedNumber),
    occurredOn: dayView(event.occurredOn, locale),
    recordedAt: event.recordedAt.toISOString(),
    amount: amount(event.amountMinor),
    openAfter: amount(event.openAfterMinor),
    certainty: event.certainty,
    chain: chainMark(event.chainState),
    transactionHash: event.transactionHash?.trim() ?? null,
    relatesTo: relation(event),
  }))
}

function relation(event: EventRecord): LedgerEventView['relatesTo'] {
  if (event.paymentId !== null) return { kind: 'payment', id: encodeId('pay', event.paymentId) }
  if (event.creditMemoId !== null) return { kind: 'credit-memo', id: encodeId('crm', event.creditMemoId) }
  return event.disputeId === null ? null : { kind: 'dispute', id: encodeId('dsp', event.disputeId) }
}
