/** The words of refunds on the pages of staff. Everything is formatted here; nothing is decided. */
import { encodeId, type PersonId } from '#app/books/ids.ts'
import { momentWords } from '#app/components/moment-words.ts'
import { formatMoney, toDecimal } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type { StaffRole } from '#app/parties/rights.ts'
import type { RefundReason, RefundState } from '#app/payments/refunds/refund.ts'
import type { QueuedRefund, Refundable, RefundView } from '#app/payments/refunds/refund-view.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import type { Shape, Tone } from '#app/ui/status-tag.tsx'

type Words = { readonly locale: string; readonly timeZone: string }
/** Who looks at the page. */
export type Reader = { readonly id: PersonId; readonly staffRole: StaffRole | null }

type Look = { readonly word: string; readonly tone: Tone; readonly shape: Shape }

const LOOKS: Readonly<Record<RefundState, Look>> = {
  requested: { word: 'Waits for a decision', tone: 'amber', shape: 'ring' },
  declined: { word: 'Declined', tone: 'neutral', shape: 'frame' },
  approved: { word: 'Approved', tone: 'amber', shape: 'half' },
  sent: { word: 'Being sent', tone: 'amber', shape: 'half' },
  pending: { word: 'On its way', tone: 'amber', shape: 'arrow' },
  succeeded: { word: 'Refunded', tone: 'accent', shape: 'back' },
  failed: { word: 'Did not arrive', tone: 'brick', shape: 'square' },
}

const UNCLEAR: Look = { word: 'Outcome unknown, we are checking', tone: 'amber', shape: 'diamond' }

export const REASON_CHOICES: readonly (readonly [RefundReason, string])[] = [
  ['requested_by_customer', 'The customer asked for it'],
  ['duplicate', 'It was paid twice'],
  ['other', 'Another reason'],
]

/** One refund with everything that is said of it, and what this reader may do about it. */
export function refundRow(refund: RefundView, reader: Reader, words: Words) {
  const { word, tone, shape } = refund.isUnclear ? UNCLEAR : LOOKS[refund.state]
  const amount = formatMoney(refund.amount, words.locale)
  const who = refund.requestedByName ?? 'somebody'
  const waits = refund.state === 'requested'
  return {
    id: encodeId('rfd', refund.id),
    amount,
    state: word,
    tone,
    shape,
    facts: [
      `Asked for by ${refund.byBuyer ? `${who}, a buyer` : who}, ${momentWords(refund.createdAt, words)}`,
      REASON_CHOICES.find(([reason]) => reason === refund.reason)?.[1] ?? '',
      sourceWords(refund),
      refund.decidedByName === null
        ? ''
        : `${refund.state === 'declined' ? 'Declined' : 'Approved'} by ${refund.decidedByName}`,
      refund.decisionNote ?? '',
      refund.failureCode === null ? '' : `The card service said: ${refund.failureCode}`,
    ].filter((fact) => fact !== ''),
    mayDecide:
      waits && refund.requestedBy !== reader.id && (!refund.needsManager || reader.staffRole === 'manager'),
    whyNot: waits ? whyNot(refund, reader) : null,
  }
}

export type RefundRow = ReturnType<typeof refundRow>

/** A refund in the queue of all of them. */
export function queuedRefundRow(refund: QueuedRefund, reader: Reader, words: Words) {
  return {
    ...refundRow(refund, reader, words),
    payment: { id: encodeId('pay', refund.paymentId), number: refund.paymentNumber },
    customer: { id: encodeId('cst', refund.customerId), name: refund.customerName },
  }
}

export type QueuedRefundRow = ReturnType<typeof queuedRefundRow>

function whyNot(refund: RefundView, reader: Reader): string | null {
  if (refund.requestedBy === reader.id) return 'You asked for it: another person decides.'
  return refund.needsManager && reader.staffRole !== 'manager' ? 'A manager decides about it.' : null
}

function sourceWords({ creditOnly, invoiceNumber }: RefundView): string {
  if (creditOnly) return 'Out of unapplied credit'
  return invoiceNumber === null ? '' : `Invoice ${invoiceNumber} is opened again first`
}

/** What a refund form offers; null when nothing is left to refund. */
export function refundForm(refundable: Refundable | null, refundId: string, { locale }: Words) {
  if (refundable === null || !isPositive(refundable.amount)) return null
  const { amount, credit, invoices, isWholeOnly, returnableUntil } = refundable
  return {
    refundId,
    currency: amount.currency,
    suggested: toDecimal(amount),
    most: formatMoney(amount, locale),
    isWholeOnly,
    returnableUntil: returnableUntil === null ? null : formatBusinessDate(returnableUntil, locale),
    sources: [
      ['any', 'Unapplied credit first, then what was paid last'] as const,
      ...(isPositive(credit)
        ? [['credit', `Unapplied credit only (${formatMoney(credit, locale)})`] as const]
        : []),
      ...invoices.map(
        ({ id, number, amount: paid }) =>
          [encodeId('inv', id), `Invoice ${number} first (${formatMoney(paid, locale)})`] as const,
      ),
    ],
  }
}

export type RefundFormView = NonNullable<ReturnType<typeof refundForm>>
