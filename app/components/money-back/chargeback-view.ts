/** The words of chargebacks on the pages of staff. Everything is formatted here; nothing is decided. */
import { encodeId } from '#app/books/ids.ts'
import { momentWords } from '#app/components/moment-words.ts'
import { formatMoney } from '#app/money/format.ts'
import {
  type ChargebackMoney,
  type ChargebackState,
  isAnswerable,
  isOpenChargeback,
} from '#app/payments/chargebacks/chargeback.ts'
import type { ChargebackView } from '#app/payments/chargebacks/chargeback-view.ts'
import { formatInstant } from '#app/platform/time.ts'
import type { Shape, Tone } from '#app/ui/status-tag.tsx'

type Words = { readonly locale: string; readonly timeZone: string }
type Look = { readonly word: string; readonly tone: Tone; readonly shape: Shape }

const LOOKS: Readonly<Record<ChargebackState, Look>> = {
  inquiry: { word: 'The bank asks', tone: 'slate', shape: 'diamond' },
  inquiry_closed: { word: 'Inquiry closed', tone: 'neutral', shape: 'frame' },
  needs_response: { word: 'Needs an answer', tone: 'brick', shape: 'square' },
  under_review: { word: 'The bank decides', tone: 'amber', shape: 'half' },
  won: { word: 'Won', tone: 'accent', shape: 'disc' },
  lost: { word: 'Lost', tone: 'brick', shape: 'back' },
  prevented: { word: 'Given back by the network', tone: 'neutral', shape: 'back' },
}

const MONEY_WORDS: Readonly<Record<ChargebackMoney, string>> = {
  none: 'Not taken',
  withdrawn: 'Taken, and in “chargebacks pending” until the bank decides; the invoices stay paid',
  lost: 'Taken for good; the invoices are open again',
  reinstated: 'Taken and given back; the invoices stay paid',
}

/** Why banks take payments back, in the words of the card networks' own guides. */
const REASON_WORDS: Readonly<Record<string, string>> = {
  fraudulent: 'The card’s holder says that they did not make the payment',
  product_not_received: 'The customer says that nothing was delivered',
  product_unacceptable: 'The customer says that the goods were not as agreed',
  duplicate: 'The customer says that they paid twice',
  credit_not_processed: 'The customer waits for a credit',
  subscription_canceled: 'The customer says that they had cancelled',
  unrecognized: 'The card’s holder does not recognise the payment',
  insufficient_funds: 'The bank account did not hold enough',
  incorrect_account_details: 'The bank knows no such account',
  debit_not_authorized: 'The bank debit was not authorised',
  bank_cannot_process: 'The bank could not carry it out',
  general: 'No particular reason',
}

function reasonWords(reason: string): string {
  return Object.hasOwn(REASON_WORDS, reason) ? (REASON_WORDS[reason] ?? reason) : reason
}

/** One chargeback as a row of the task list. */
export function chargebackRow(chargeback: ChargebackView, words: Words) {
  const { state, evidenceDueAt, evidenceSentAt } = chargeback
  const isDue = isAnswerable(state) && evidenceSentAt === null && evidenceDueAt !== null
  return {
    id: encodeId('cbk', chargeback.id),
    payment: { id: encodeId('pay', chargeback.payment.id), number: chargeback.payment.number },
    customer: { id: encodeId('cst', chargeback.customer.id), name: chargeback.customer.name },
    amount: formatMoney(chargeback.amount, words.locale),
    ...LOOKS[state],
    reason: reasonWords(chargeback.reason),
    due: isDue ? formatInstant(evidenceDueAt, words.timeZone, words.locale) : '',
    opened: momentWords(chargeback.openedAt, words),
  }
}

/** Everything about one chargeback, and what may still be done about it. */
export function chargebackPage(chargeback: ChargebackView, words: Words) {
  const row = chargebackRow(chargeback, words)
  const at = (instant: Date | null): string => (instant === null ? '' : momentWords(instant, words))
  const facts: readonly (readonly [string, string])[] = [
    ['Amount', row.amount],
    ['Why', row.reason],
    ['Code of the network', chargeback.networkCode ?? ''],
    ['The money', MONEY_WORDS[chargeback.money]],
    ['Opened', row.opened],
    ['Evidence is taken until', row.due],
    ['Evidence handed in', at(chargeback.evidenceSentAt)],
    ['Given up', at(chargeback.acceptedAt)],
    ['Dispute at the card service', chargeback.disputeId],
  ]
  const isUnclear = chargeback.answer === 'unknown' || chargeback.answer === 'sent'
  const mayAnswer = isAnswerable(chargeback.state) && chargeback.acceptedAt === null && !isUnclear
  return {
    ...row,
    facts: facts.filter(([, value]) => value !== ''),
    evidenceText: chargeback.evidenceText,
    isUnclear,
    wasRefused: chargeback.answer === 'declined',
    maySend: mayAnswer && chargeback.evidenceSentAt === null && !chargeback.payment.isBankDebit,
    mayAccept: mayAnswer,
  }
}

export type ChargebackPage = ReturnType<typeof chargebackPage>

/** What the payment's page says of its chargebacks that are still open. */
export function chargebackNotices(chargebacks: readonly ChargebackView[], words: Words) {
  return chargebacks
    .filter(({ state }) => isOpenChargeback(state))
    .map((each) => {
      const { id, amount, word, due } = chargebackRow(each, words)
      return {
        id,
        title: `The payer’s bank questions ${amount}`,
        text: due === '' ? `${word}.` : `${word}, by ${due}.`,
      }
    })
}
