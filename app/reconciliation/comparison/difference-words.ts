/** What each kind of difference means to the one who looks into it, and what they do. */
import type { DifferenceKind } from '#app/reconciliation/comparison/difference.ts'

export type DifferenceWords = { readonly title: string; readonly why: string; readonly next: string }

export const DIFFERENCE_WORDS: Readonly<Record<DifferenceKind, DifferenceWords>> = {
  'missing-in-books': {
    title: 'Money at the card service that is not in the books',
    why: 'The card service moved money that no journal of ours explains.',
    next: 'Open the charge, refund or dispute at the card service by the id in the details. When it is a payment of ours, read that payment again; otherwise find out which system made it.',
  },
  'extra-in-books': {
    title: 'A booking that the card service does not know',
    why: 'The books moved money at the card service, and its own books have no such movement.',
    next: 'Look the id up at the card service. When it is not there, take the payment back with the reason that it never arrived.',
  },
  'amount-differs': {
    title: 'The card service moved another amount',
    why: 'Both sides have it, with different amounts.',
    next: 'Compare both amounts with the receipt at the card service. A refund made there by hand is the usual reason: read the payment again.',
  },
  'fee-differs': {
    title: 'The card service kept another fee',
    why: 'Its fee is not the one in the books, or is not booked at all.',
    next: 'Read the payment again: fees come with it. When the difference stays, ask the card service what the fee is for.',
  },
  'currency-differs': {
    title: 'The card service moved another currency',
    why: 'The books do not exchange currencies, so the two cannot be compared.',
    next: 'Turn the conversion off at the card service, or hold an account there in this currency; then book the exchange by hand.',
  },
  'date-differs': {
    title: 'The two sides name different days',
    why: 'The day that the payment counts as of is too far from the day on which it happened.',
    next: 'Check which month it belongs to before you close that month; statements and aging follow the day in the books.',
  },
  'status-differs': {
    title: 'One side says settled, the other does not',
    why: 'The card service and the books disagree on whether the money is ours.',
    next: 'Read the payment again. When it stays as it is, see at the card service what became of the money before anybody pays again.',
  },
  duplicate: {
    title: 'The same money twice',
    why: 'Two payments share one charge, or one payment was charged twice.',
    next: 'Compare the two at the card service. When the customer was charged twice, refund the second charge today and tell them.',
  },
  'wrong-customer': {
    title: 'The card service charged another customer',
    why: 'The customer of the charge is not the one whose payment it settled.',
    next: 'Ask both customers before you move anything: find whose card it was, then refund, or move the payment to the right account.',
  },
  'payout-unmatched': {
    title: 'A payout does not add up',
    why: 'The payout, its movements, its booking and the bank’s line do not agree.',
    next: 'Compare the payout at the card service with the bank’s statement, then match its line or ask the card service where the money is.',
  },
  'bank-line-unmatched': {
    title: 'A line of the bank that nothing explains',
    why: 'It was brought in days ago, and is matched to no payment and no payout.',
    next: 'Match it on the page of bank lines, record the payment that it brought, or set it aside with a reason.',
  },
  'chain-differs': {
    title: 'The shared ledger and the books differ',
    why: 'An entry of one is not, or not in time, in the other.',
    next: 'See the queue of the shared ledger first. When the chain holds what the books do not, stop the writer and find out who used its key.',
  },
}
