/** The words of a payment's page, made from what the books hold. Nothing here decides anything about money. */

import { encodeId } from '#app/books/ids.ts'
import type { MoneyState } from '#app/components/invoices/money-state.tsx'
import type { LedgerDetails, LedgerState } from '#app/components/ledger/ledger-mark.tsx'
import type { PaymentEvent } from '#app/components/payments/payment-timeline.tsx'
import type { ReceiptView } from '#app/components/payments/receipt-sheet.tsx'
import { formatAmount, formatMoney } from '#app/money/format.ts'
import { isPositive, money } from '#app/money/money.ts'
import { failureSentence } from '#app/payments/failure-words.ts'
import type { PaymentDetail } from '#app/payments/overview/payment-detail.ts'
import type { PaymentState } from '#app/payments/payment.ts'
import { ledgerStateOf, type Receipt, type ReceiptLedgerEntry } from '#app/payments/receipts/receipt.ts'
import { formatBusinessDate, formatInstant } from '#app/platform/time.ts'

type Words = { readonly locale: string; readonly timeZone: string }

/** What the page says first: how the payment stands and what the buyer does now. */
export type StandingWords = {
  readonly title: string
  readonly text: string
  readonly refreshSeconds: number | null
}

type Standing = Pick<
  PaymentDetail,
  'standing' | 'failureCode' | 'amount' | 'expectedOn' | 'paysBy' | 'reversals'
>

/** The sentence for each standing. `refreshSeconds`: the page looks again by itself. */
export function standingWords(payment: Standing, locale: string): StandingWords {
  const { standing, failureCode, paysBy } = payment
  const amount = formatMoney(payment.amount, locale)
  const expectedOn = payment.expectedOn && formatBusinessDate(payment.expectedOn, locale)
  switch (standing) {
    case 'preparing':
      return {
        title: 'Your payment is being prepared',
        text: 'This takes a few seconds. Nothing is charged yet.',
        refreshSeconds: 3,
      }
    case 'checking':
      return {
        title: 'We are checking. Do not pay again.',
        text: 'The card service did not answer clearly. We keep asking until we know; this page and your account will say so. The amounts stay reserved for this payment meanwhile.',
        refreshSeconds: 15,
      }
    case 'awaiting':
      return {
        title: 'Waiting for you to pay',
        text:
          failureCode === null
            ? `${amount} is reserved on your invoices for this payment. Nothing is charged yet.`
            : `${failureSentence(failureCode, paysBy)} Nothing was charged. You can try again, or pay another way.`,
        refreshSeconds: null,
      }
    case 'confirming':
      return {
        title: 'Your bank asks you to confirm',
        text: 'Finish the confirmation on the card service’s page. Nothing is charged before.',
        refreshSeconds: null,
      }
    case 'on_its_way':
      return {
        title: 'On its way',
        text:
          expectedOn === null
            ? 'The card service has your payment and is working on it. Do not pay again.'
            : `Your bank has the debit of ${amount}. It is expected to arrive by ${expectedOn}; we write to you then. Do not pay again.`,
        // A bank takes days: looking again every few seconds helps nobody.
        refreshSeconds: expectedOn === null ? 10 : null,
      }
    case 'settled':
      return {
        title: 'Paid and booked',
        text: 'Keep the receipt; it was also sent by mail.',
        refreshSeconds: null,
      }
    case 'part_refunded':
    case 'refunded':
      return {
        title: 'Paid, then refunded',
        text: `${takenBack(payment, locale)} went back to the method that paid. The receipt lists it.`,
        refreshSeconds: null,
      }
    case 'charged_back':
      return {
        title: 'Paid, then taken back',
        text: `The card’s bank took ${takenBack(payment, locale)} back for good. The invoices are open again by that amount; please pay them another way.`,
        refreshSeconds: null,
      }
    case 'returned':
      return {
        title: 'Returned by the bank',
        text: `Your bank took ${takenBack(payment, locale)} back. The invoices are open again by that amount; please pay them another way.`,
        refreshSeconds: null,
      }
    case 'failed':
      return {
        title: 'This payment failed',
        text: `${failureSentence(failureCode, paysBy)} Nothing was charged, and the invoices can be paid again.`,
        refreshSeconds: null,
      }
    case 'expired':
      return {
        title: 'This payment expired',
        text: 'It was not paid in time. Nothing was charged, and the invoices can be paid again.',
        refreshSeconds: null,
      }
    case 'canceled':
      return {
        title: 'This payment was cancelled',
        text: 'Nothing was charged, and the invoices can be paid again.',
        refreshSeconds: null,
      }
  }
}

const STEPS: Readonly<Record<PaymentState, { readonly what: string; readonly state: MoneyState }>> = {
  created: { what: 'Payment begun, amounts reserved', state: 'open' },
  awaiting_customer: { what: 'Payment page opened', state: 'awaiting' },
  requires_action: { what: 'The bank asked for a confirmation', state: 'confirming' },
  processing: { what: 'Handed to the bank', state: 'on-its-way' },
  settled: { what: 'Paid and booked', state: 'settled' },
  failed: { what: 'Failed, amounts free again', state: 'failed' },
  expired: { what: 'Expired, amounts free again', state: 'expired' },
  canceled: { what: 'Cancelled, amounts free again', state: 'canceled' },
}

const AT_THE_BANK = { what: 'The bank has the debit' }

/** What is said while small deposits are to show whose the bank account is. */
export function depositWords(arriveOn: string): StandingWords {
  return {
    title: 'Confirm your bank account',
    text: `Small deposits show that the account is yours. They are in it by ${arriveOn}; then enter here what you find there. The account is debited only after that.`,
    refreshSeconds: null,
  }
}

/** The story of a payment for its buyer: state changes and what was taken back, oldest first. */
export function paymentEvents(payment: PaymentDetail, words: Words): PaymentEvent[] {
  const { locale, timeZone } = words
  const changes = payment.changes.map((change): PaymentEvent & { at: string } => ({
    key: `change-${change.sequence}`,
    ...STEPS[change.to],
    ...(change.to === 'processing' && payment.paysBy === 'us_bank_account' ? AT_THE_BANK : {}),
    who: null,
    when: formatInstant(change.recordedAt, timeZone, locale),
    at: change.recordedAt.toISOString(),
    amount: change.to === 'settled' ? formatMoney(payment.received, locale) : null,
    ...(change.to === 'settled' ? marksOf(payment, (type) => type !== 'payment.reversed', words) : UNMARKED),
    note: change.to === 'failed' ? failureSentence(payment.failureCode, payment.paysBy) : null,
    future: false,
  }))
  const reversals = payment.reversals.map((each): PaymentEvent & { at: string } => ({
    key: `reversal-${each.id}`,
    what: reversalWords(each.kind),
    state: each.kind === 'refund' ? 'refunded' : 'charged-back',
    who: null,
    when: formatInstant(each.recordedAt, timeZone, locale),
    at: each.recordedAt.toISOString(),
    amount: formatMoney(each.amount, locale),
    ...marksOf(payment, (type) => type === 'payment.reversed', words),
    note: null,
    future: false,
  }))
  const past = [...changes, ...reversals].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return [...past, ...stepsAhead(payment, words)]
}

/** What is still to come, with its day. */
function stepsAhead({ standing, expectedOn, amount }: PaymentDetail, { locale }: Words): PaymentEvent[] {
  if (standing !== 'on_its_way' || expectedOn === null) return []
  return [
    {
      ...{ key: 'expected', ...STEPS.settled, who: null, at: null, ...UNMARKED, note: null, future: true },
      when: `by ${formatBusinessDate(expectedOn, locale)}`,
      amount: formatMoney(amount, locale),
    },
  ]
}

function takenBack({ reversals, amount }: Standing, locale: string): string {
  const sum = reversals.reduce((total, each) => total + each.amount.minor, 0n)
  return formatMoney(money(sum, amount.currency), locale)
}

/** The receipt as the screen shows it. */
export function receiptView(receipt: Receipt, base: string | null): ReceiptView {
  const { locale, timeZone } = receipt
  return {
    number: receipt.number,
    supplier: partyBlock(receipt.supplier),
    customer: partyBlock(receipt.customer),
    paidOn: formatBusinessDate(receipt.settledOn, locale),
    method: receipt.method,
    total: formatMoney(receipt.received, locale),
    currency: receipt.received.currency,
    items: receipt.items.map((item) => ({
      key: item.invoiceId,
      number: item.invoiceNumber,
      href: base && `${base}/invoices/${encodeId('inv', item.invoiceId)}`,
      amount: formatAmount(item.amount, locale),
      takenOff: isPositive(item.takenOff) ? formatAmount(item.takenOff, locale) : null,
      openAfter: formatAmount(item.openAfter, locale),
    })),
    fee: isPositive(receipt.fee) ? formatAmount(receipt.fee, locale) : null,
    unapplied: isPositive(receipt.unapplied) ? formatAmount(receipt.unapplied, locale) : null,
    reversals: receipt.reversals.map((each) => ({
      key: each.id,
      what: reversalWords(each.kind),
      on: formatBusinessDate(each.effectiveOn, locale),
      amount: formatMoney(each.amount, locale),
    })),
    ledger: ledgerStateOf(receipt.ledger) ?? 'none',
    ledgerDetails: receipt.ledger.map((entry) => ledgerDetails(entry, { locale, timeZone })),
  }
}

/** The facts of one ledger entry, as someone who looks it up needs them. */
export function ledgerDetails(entry: ReceiptLedgerEntry, { locale, timeZone }: Words): LedgerDetails {
  return {
    what: `${entry.type}, ${entry.subject}`,
    recordedAt: entry.recordedAt === null ? null : formatInstant(entry.recordedAt, timeZone, locale),
    chainId: entry.chainId?.toString() ?? null,
    contract: entry.contract,
    transaction: entry.transactionHash,
    block: entry.blockNumber?.toString() ?? null,
    commitment: entry.commitment,
  }
}

/** What a reversal is called. */
export function reversalWords(kind: Receipt['reversals'][number]['kind']): string {
  switch (kind) {
    case 'refund':
      return 'Refunded'
    case 'bank_return':
      return 'Returned by the bank'
    case 'chargeback':
      return 'Taken back by the card’s bank'
    case 'correction':
      return 'Taken back by the supplier'
  }
}

const UNMARKED = { ledger: 'none', ledgerDetails: [] } as const

/** Where the ledger entries of one step stand, with their facts on demand. */
function marksOf(
  { ledger }: PaymentDetail,
  isOfStep: (type: string) => boolean,
  words: Words,
): Pick<PaymentEvent, 'ledger' | 'ledgerDetails'> {
  const entries = ledger.filter((entry) => isOfStep(entry.type))
  const state: LedgerState = ledgerStateOf(entries) ?? 'none'
  return { ledger: state, ledgerDetails: entries.map((entry) => ledgerDetails(entry, words)) }
}

function partyBlock(party: Receipt['customer']): ReceiptView['supplier'] {
  return {
    name: party.name,
    lines: [...party.addressLines, ...party.numbers.map(({ label, value }) => `${label} ${value}`)],
  }
}
