import { differenceKindOf } from '#app/reconciliation/comparison/difference.ts'
import { DIFFERENCE_WORDS } from '#app/reconciliation/comparison/difference-words.ts'

/** What each kind of exception means to a person, and what they do about it. */
export type ExceptionWords = { readonly title: string; readonly why: string; readonly next: string }

const WORDS: Readonly<Record<string, ExceptionWords>> = {
  'attempt.unknown': {
    title: 'The outcome of a request is unknown',
    why: 'The card service never answered clearly, and was asked for a day.',
    next: 'Look the payment up at the card service by its number, then read it again here. When it is not there, a manager can end it on the payment’s page.',
  },
  'payment.checkout-strange': {
    title: 'The card service shows another payment, or none',
    why: 'What it has under this checkout does not fit the payment here, or it has no such checkout.',
    next: 'See why in the details. When the checkout is not there, a manager can end the payment on its page a day later.',
  },
  'payment.reached-after-all': {
    title: 'Money arrived for a payment that was said to have reached nobody',
    why: 'A manager ended the payment because the card service did not know it, and now it reports money for it.',
    next: 'Find the charge at the card service, and refund it or book it by hand.',
  },
  'payment.amount-differs': {
    title: 'Another amount arrived than was asked for',
    why: 'The card service took more or less than the payment. What came is booked: invoices are paid as far as it goes, and the rest is credit.',
    next: 'See both amounts in the details, and ask the customer what the rest is for.',
  },
  'provider.fee-currency': {
    title: 'A fee that the books cannot take',
    why: 'The card service kept it in another currency than the payment’s, or its amount cannot be read. The payment is booked without it.',
    next: 'Look the balance transaction up at the card service by the id in the details, and hold an account there in the payment’s currency.',
  },
  'payment.end-refused': {
    title: 'A payment has ended at the card service and goes on here',
    why: 'What the card service says does not fit the state that the payment is in here, so its amounts stay held.',
    next: 'Compare the two by the payment’s number, then read it again here.',
  },
  'payment.settled-after-end': {
    title: 'Money arrived after the payment had ended',
    why: 'The payment was failed, expired or cancelled here, and the money came all the same. It is booked.',
    next: 'See whether the customer has paid twice, and refund what is too much.',
  },
  'refund.failed': {
    title: 'A refund did not arrive',
    why: 'The customer’s bank or card service did not take the money, so it is the customer’s payment again here.',
    next: 'Ask the customer how to pay the money back, or leave it on the account.',
  },
  'payment.reversal-undone': {
    title: 'A refund made at the card service came back',
    why: 'It was booked as refunded and did not arrive, so it is the customer’s payment again here.',
    next: 'Find another way to pay the customer, or leave it on the account.',
  },
  'payment.overdrawn': {
    title: 'More was taken back than a payment has left',
    why: 'The card service took money of this payment that had gone back already: a bank returned a debit that was refunded, for example. What exceeds the payment rests in chargebacks pending.',
    next: 'Ask the customer for what was paid out twice. Should the card service give it back, it is booked and this case closes by itself.',
  },
  'payment.failed-after-settled': {
    title: 'A bank debit failed after it had counted as paid',
    why: 'The card service took back its word. The payment is booked as returned, and the invoices are open again.',
    next: 'See at the card service what happened; the customer has been told.',
  },
  'chargeback.strange': {
    title: 'A chargeback went on after it had ended',
    why: 'What the card service says does not follow from what it said before, so nothing more was booked.',
    next: 'Look the dispute up at the card service and compare it with the journals of the payment.',
  },
  'webhook.unmatched': {
    title: 'An event about money names no payment of ours',
    why: 'The card service reports money that no payment here explains.',
    next: 'Find the charge at the card service and see where it comes from.',
  },
  'webhook.not-stored': {
    title: 'An event of the card service could not be stored',
    why: 'The card service lists an event that the inbox does not take. The others were taken.',
    next: 'See at the card service which payment it is about, and read that payment again here.',
  },
  'bank.review': {
    title: 'Something about a bank account is unusual',
    why: 'Many accounts were added in a day, the customer pays from another account than before, or the first debit of an account is large.',
    next: 'See the reasons in the details, and ask the customer by a way that you know already. Nothing is held up meanwhile.',
  },
  'mail.refused': {
    title: 'A letter was refused',
    why: 'The mail server will not take the letter, so it is not tried again.',
    next: 'Mend the address on the customer’s account, then send the letter again.',
  },
  'chain.refused': {
    title: 'The chain refuses a transaction',
    why: 'The newest transaction of the ledger is not taken as it is; what follows waits behind it.',
    next: 'See the reason in the details: most often the writer’s account has no money for gas.',
  },
  'chain.nonce-taken': {
    title: 'Somebody else used the ledger’s key',
    why: 'A transaction that is not ours was mined under the writer’s account.',
    next: 'Find out who holds the key, and change it.',
  },
  'chain.reverted': {
    title: 'The ledger contract turned a batch down',
    why: 'A transaction was mined and had no effect. Nothing new is sent until this is mended.',
    next: 'Compare the stream on the chain with the books before anything else is sent.',
  },
  'chain.reorganised-too-deep': {
    title: 'The chain took back final blocks',
    why: 'More of the chain changed than can happen by itself.',
    next: 'Make sure that the endpoint is the right chain.',
  },
  'chain.stream-differs': {
    title: 'The chain and the books differ',
    why: 'The stream on the chain is not the one that the books recorded.',
    next: 'Stop the writer and compare entry by entry.',
  },
  'ledger.salt-erased': {
    title: 'A salt was erased before its event was committed',
    why: 'The event can never be committed to the chain, so the entries about this subject end before it.',
    next: 'See who erased it. If that was meant, close this case.',
  },
}

/** The words for a kind; a kind that nobody wrote words for is shown by its name. */
export function exceptionWords(kind: string): ExceptionWords {
  const difference = differenceKindOf(kind)
  if (difference !== null) return DIFFERENCE_WORDS[difference]
  return (
    WORDS[kind] ?? {
      title: kind.replaceAll(/[.-]/g, ' ').replace(/^./, (first) => first.toUpperCase()),
      why: 'Something did not happen as it should.',
      next: 'See the details.',
    }
  )
}
