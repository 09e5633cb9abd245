import { encodeId } from '#app/books/ids.ts'
import { moneyStateTone, stateOfPayment } from '#app/components/invoices/money-state.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { PaymentDetail } from '#app/payments/overview/payment-detail.ts'
import { hasEnded } from '#app/payments/payment.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { businessDateIn, formatBusinessDate } from '#app/platform/time.ts'
import { depositWords, paymentEvents, receiptView, standingWords } from './payment-view.ts'

/** Where the reader of a payment's page can go from there, and what they may do. */
export type PaymentPlace = {
  /** Where the customer's pages are; null for a reader who sees none of them. */
  readonly base: string | null
  /** Where the payment's files are. */
  readonly files: string
  /** Where its invoices are paid again; null where that is not offered. */
  readonly againHref: string | null
  readonly canPay: boolean
  /** Whether the disclosure file is among the files. */
  readonly hasDisclosure: boolean
}

/** Everything that a payment's page shows to whoever pays. */
export function paymentPageView(
  payment: PaymentDetail,
  receipt: Receipt | null,
  verification: { readonly url: string; readonly arriveAt: Date } | null,
  place: PaymentPlace,
  reading: { readonly locale: string; readonly timeZone: string; readonly now: Date },
) {
  const { locale, timeZone } = reading
  const amount = formatMoney(payment.amount, locale)
  const words =
    verification === null
      ? standingWords(payment, locale)
      : depositWords(formatBusinessDate(businessDateIn(timeZone, verification.arriveAt), locale))
  // Money that a bank took back is owed again; what was refunded was meant to go back.
  const isTakenBack = payment.standing === 'returned' || payment.standing === 'charged_back'
  const hasFailed = hasEnded(payment.state) && payment.state !== 'settled'
  const canPayAgain =
    place.canPay && (hasFailed || isTakenBack) && payment.items.some(({ isPayable }) => isPayable)
  return {
    base: place.base,
    number: payment.number,
    amount,
    words,
    tone: moneyStateTone(stateOfPayment(payment.standing)),
    /** Whether its first sentence must not be overlooked, receipt or not. */
    isTakenBack,
    refreshSeconds: isBeingRecorded(payment, reading.now) ? 3 : words.refreshSeconds,
    checkoutUrl: place.canPay && verification === null ? payment.checkoutUrl : null,
    verificationUrl: verification?.url ?? null,
    canCancel: place.canPay && payment.isCancelable,
    againHref: canPayAgain ? place.againHref : null,
    items: payment.items.map((item) => ({
      id: encodeId('inv', item.invoiceId),
      number: item.number,
      amount: formatMoney(item.amount, locale),
    })),
    story: paymentEvents(payment, reading),
    receipt: receipt && receiptView(receipt, place.base),
    files: receipt && place.files,
    hasDisclosure: place.hasDisclosure,
  }
}

export type PaymentPageView = ReturnType<typeof paymentPageView>

/** Just settled, and its entries are not on the shared ledger yet: a matter of seconds. */
function isBeingRecorded({ settledAt, ledger }: PaymentDetail, now: Date): boolean {
  if (settledAt === null || now.getTime() - settledAt.getTime() > 120_000) return false
  return ledger.some(({ state }) => state === 'queued' || state === 'sent')
}
