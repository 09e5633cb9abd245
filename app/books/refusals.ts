/**
 * Every expected "no" that a person can act on. A refusal is a value, never an exception; bugs throw.
 * The sentence says what happened and what to do; facts (amounts, links) are added by the page that shows it.
 */
export type Refusal = { readonly code: RefusalCode; readonly [fact: string]: unknown }

export type Result<Value> =
  | ({ readonly ok: true } & Value)
  | { readonly ok: false; readonly refusal: Refusal }

type Entry = { readonly status: number; readonly level: 'info' | 'warn'; readonly sentence: string }

/** The only map from a refusal to its HTTP status, log level and sentence. */
export const REFUSALS = {
  CART_EMPTY: {
    status: 400,
    level: 'info',
    sentence: 'No invoice is chosen. Tick at least one invoice to pay.',
  },
  CART_TOO_LARGE: {
    status: 400,
    level: 'info',
    sentence: 'One card payment covers up to 100 invoices. Pay the rest in a second payment.',
  },
  CURRENCY_MIXED: {
    status: 400,
    level: 'info',
    sentence: 'One payment has one currency. Pay the invoices of each currency separately.',
  },
  AMOUNT_NOT_POSITIVE: { status: 400, level: 'info', sentence: 'Enter an amount above zero.' },
  AMOUNT_NOT_READABLE: { status: 400, level: 'info', sentence: 'Enter an amount such as 1240.50.' },
  AMOUNT_EXCEEDS_PAYABLE: {
    status: 409,
    level: 'info',
    sentence:
      'The amount is more than can be paid on this invoice now. Nothing was charged. Enter the payable amount or less.',
  },
  AMOUNT_HELD: {
    status: 409,
    level: 'info',
    sentence:
      'Another payment of this money is under way. Nothing was charged. Open that payment to finish or cancel it.',
  },
  FORM_NOT_READABLE: {
    status: 400,
    level: 'warn',
    sentence: 'This form did not arrive whole. Nothing was charged. Open your invoices and start again.',
  },
  INVOICE_NOT_FOUND: {
    status: 404,
    level: 'warn',
    sentence: 'This invoice is not on your account. Nothing was charged.',
  },
  METHOD_NOT_FOUND: {
    status: 404,
    level: 'warn',
    sentence: 'This way to pay is not on your account any more. Nothing was charged. Choose another one.',
  },
  METHOD_NOT_USABLE: {
    status: 409,
    level: 'info',
    sentence: 'This way to pay cannot be used now. Nothing was charged. Choose another one, or add it again.',
  },
  FEE_NOT_SEEN: {
    status: 409,
    level: 'info',
    sentence:
      'This card costs a fee, which is shown below now. Nothing was charged. Check it and pay, or choose a way to pay without a fee.',
  },
  METHOD_IN_USE: {
    status: 409,
    level: 'info',
    sentence:
      'Autopay pays by this method. Give autopay another method first, or end it; then remove this one.',
  },
  AUTOPAY_NOT_FOUND: {
    status: 404,
    level: 'info',
    sentence: 'There is no such autopay on your account any more. Load the page again to see what there is.',
  },
  AUTOPAY_NOT_AGREED: {
    status: 400,
    level: 'info',
    sentence: 'Autopay starts only with your agreement. Read the text and tick the box below it.',
  },
  AUTOPAY_TEXT_CHANGED: {
    status: 409,
    level: 'info',
    sentence: 'The text is not the one that you read. Nothing was set up. Read it again, then agree.',
  },
  AUTOPAY_LIMIT_ABOVE_CAP: {
    status: 400,
    level: 'info',
    sentence: 'The limit is higher than your supplier allows for autopay. Enter a lower one.',
  },
  AUTOPAY_DEBIT_BEGUN: {
    status: 409,
    level: 'info',
    sentence:
      'This debit has begun or is over, so it cannot be skipped any more. The list below shows how it stands.',
  },
  BANK_LINK_NOT_FOUND: {
    status: 404,
    level: 'warn',
    sentence: 'There is no such link to a bank on your account. Link the account again.',
  },
  BANK_LINK_NOT_READY: {
    status: 409,
    level: 'info',
    sentence:
      'The link to the bank has moved on. Nothing was changed. Load the page again to see how it stands.',
  },
  BANK_LINK_BUSY: {
    status: 409,
    level: 'info',
    sentence: 'We are just reading what the bank says. Nothing was lost. Try again in a moment.',
  },
  BANK_LINKS_TODAY: {
    status: 429,
    level: 'warn',
    sentence: 'Too many bank accounts were linked today. Nothing was changed. Come back tomorrow, or ask us.',
  },
  BANKS_NOT_OFFERED: {
    status: 503,
    level: 'warn',
    sentence: 'Banks cannot be linked here. Nothing was changed. Add the account by its numbers instead.',
  },
  ACCOUNT_NOT_SHARED: {
    status: 409,
    level: 'info',
    sentence: 'The bank does not share this account. Choose one of those that are shown.',
  },
  ACCOUNT_BALANCE_TOO_LOW: {
    status: 409,
    level: 'info',
    sentence:
      'The bank says that the account does not hold enough for this. Nothing was debited. Pay less, or choose another way to pay.',
  },
  MANDATE_NOT_AGREED: {
    status: 400,
    level: 'info',
    sentence: 'Tick the box to agree. Without that the account cannot be debited and is not saved.',
  },
  MANDATE_TEXT_CHANGED: {
    status: 409,
    level: 'info',
    sentence:
      'The text has changed since it was shown. Nothing was agreed to. Read it once more, then agree.',
  },
  REVERSAL_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such reversal of a payment.' },
  CUSTOMER_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such customer account.' },
  PAYMENT_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such payment on your account.' },
  PAYMENT_SUBMITTED_DIFFERENTLY: {
    status: 409,
    level: 'warn',
    sentence:
      'This form was already sent with other amounts. Nothing more was charged. Open the payment it made, or start again from your invoices.',
  },
  PAYMENT_NOT_CANCELABLE: {
    status: 409,
    level: 'info',
    sentence: 'This payment can no longer be cancelled.',
  },
  PAYMENT_UNDER_CHECK: {
    status: 409,
    level: 'info',
    sentence:
      'We are still checking whether this payment reached the card service. Do not pay again; it can be cancelled as soon as that is clear.',
  },
  PAYMENT_HAS_ENDED: {
    status: 409,
    level: 'info',
    sentence: 'This payment has ended already. Load the page again to see how.',
  },
  PAYMENT_TOO_YOUNG_TO_END: {
    status: 409,
    level: 'info',
    sentence:
      'This payment was sent to the card service less than 24 hours ago, or is yet to be sent. It can still get there: come back a day after its last request.',
  },
  PAYMENT_REACHED_PROVIDER: {
    status: 409,
    level: 'info',
    sentence:
      'The card service knows this payment after all, so it stays as it is. It is being read again now; load the page in a moment to see what came of it.',
  },
  NOTHING_UNHEARD: {
    status: 409,
    level: 'info',
    sentence:
      'Nothing about this payment was sent to the card service a day ago and is still without an answer. Load the page again to see how it stands.',
  },
  WRITE_REACHED_PROVIDER: {
    status: 409,
    level: 'info',
    sentence:
      'The card service has it after all, so it stays as it is. Its answer is being read now; load the page in a moment to see what came of it.',
  },
  PROVIDER_NOT_READ: {
    status: 503,
    level: 'warn',
    sentence:
      'The card service does not answer, so nobody can say what it knows. Nothing was changed. Try again in a few minutes.',
  },
  PROVIDER_UNAVAILABLE: {
    status: 503,
    level: 'warn',
    sentence:
      'The card service does not answer. Nothing was charged, and what you entered is kept. Try again in a minute.',
  },
  CARD_NOT_OFFERED: {
    status: 503,
    level: 'warn',
    sentence: 'This cannot be paid by card here. Nothing was charged. Ask your supplier how to pay.',
  },
  CREDIT_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such credit on this account.' },
  CREDIT_EXCEEDS_REMAINING: {
    status: 409,
    level: 'info',
    sentence: 'The amount is more than remains of this credit.',
  },
  CREDIT_NOTHING_TO_USE: {
    status: 409,
    level: 'info',
    sentence: 'There is no unused credit, or no invoice that it could be used on now. Nothing was changed.',
  },
  INVOICE_ALREADY_POSTED: {
    status: 409,
    level: 'info',
    sentence:
      'This invoice is already booked with another amount, tax, currency or due date. Ask for a correction to replace it.',
  },
  CORRECTION_BELOW_PAID: {
    status: 409,
    level: 'info',
    sentence: 'The corrected total is less than what is already paid or reserved on this invoice.',
  },
  REVERSAL_EXCEEDS_PAYMENT: {
    status: 409,
    level: 'warn',
    sentence: 'More would be taken back than this payment brought in.',
  },
  REFUND_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such refund.' },
  REFUND_NOT_OFFERED: {
    status: 409,
    level: 'info',
    sentence:
      'Money goes back only the way it came, and this payment did not come through the card service. Nothing was refunded. Return it at your bank and record that here.',
  },
  REFUND_CHARGED_BACK: {
    status: 409,
    level: 'info',
    sentence:
      'The payer’s bank is taking this payment back, so it cannot be refunded as well. Nothing was refunded. Wait for the bank, or accept the chargeback.',
  },
  REFUND_EXCEEDS: {
    status: 409,
    level: 'info',
    sentence: 'The amount is more than can be refunded of this payment. Nothing was refunded.',
  },
  REFUND_ONLY_WHOLE: {
    status: 409,
    level: 'info',
    sentence:
      'A bank debit can be refunded in whole only. Nothing was refunded. Refund all of it, or leave the amount as credit on the account.',
  },
  REFUND_TOO_LATE: {
    status: 409,
    level: 'info',
    sentence:
      'A bank debit can be refunded within 180 days only, and this one is older. Nothing was refunded. Pay the customer another way.',
  },
  REFUND_UNEVEN: {
    status: 400,
    level: 'info',
    sentence:
      'The card service takes this currency in larger steps only. Nothing was refunded. Round the amount.',
  },
  REFUND_SUBMITTED_DIFFERENTLY: {
    status: 409,
    level: 'warn',
    sentence:
      'This form was already sent with another amount. Nothing more was refunded. Load the page again to see the refund that it made.',
  },
  REFUND_DECIDED: {
    status: 409,
    level: 'info',
    sentence: 'Somebody else has decided about this refund. Load the page again to see how.',
  },
  REFUND_NEEDS_ANOTHER: {
    status: 403,
    level: 'warn',
    sentence: 'Whoever asked for a refund cannot decide about it. Ask another person.',
  },
  REFUND_NEEDS_MANAGER: {
    status: 403,
    level: 'info',
    sentence: 'This refund needs a manager’s approval. It waits until a manager decides.',
  },
  CHARGEBACK_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such chargeback.' },
  CHARGEBACK_NOT_OPEN: {
    status: 409,
    level: 'info',
    sentence: 'This chargeback takes no answer any more. Load the page again to see where it stands.',
  },
  CHARGEBACK_ANSWERED: {
    status: 409,
    level: 'info',
    sentence: 'Evidence was handed in already, and the bank takes it once only. Wait for its decision.',
  },
  CHARGEBACK_TOO_LATE: {
    status: 409,
    level: 'info',
    sentence: 'The last day for evidence has passed. Nothing was sent.',
  },
  CHARGEBACK_UNDER_CHECK: {
    status: 409,
    level: 'info',
    sentence:
      'We are still checking whether the last answer reached the card service. Do not answer again; this page will say so.',
  },
  BALANCE_MOVED: {
    status: 409,
    level: 'info',
    sentence:
      'What is due on this invoice has changed since you opened this page. Nothing was charged. Check the amounts below, then pay.',
  },
  PART_NOT_ALLOWED: {
    status: 409,
    level: 'info',
    sentence:
      'This invoice is paid in one amount only. Nothing was charged. Enter the whole amount, or untick it.',
  },
  PART_TOO_SMALL: {
    status: 409,
    level: 'info',
    sentence:
      'The amount is less than the least part payment. Nothing was charged. Enter more, or the whole amount.',
  },
  SHORT_NEEDS_REASON: {
    status: 409,
    level: 'info',
    sentence: 'Say why you pay less than is due on this invoice. Nothing was charged yet.',
  },
  OVERPAYMENT_NOT_ALLOWED: {
    status: 409,
    level: 'info',
    sentence:
      'Money that is for no invoice cannot be taken here. Nothing was charged. Leave that amount empty.',
  },
  DISPUTE_NOT_YOURS: {
    status: 403,
    level: 'info',
    sentence:
      'You do not have the right to dispute an invoice. Nothing was charged. Choose another reason, or ask whoever administers your account.',
  },
  CONTACT_UNKNOWN: {
    status: 400,
    level: 'warn',
    sentence:
      'A pay link goes only to an address that is known for this customer. Choose one of those listed.',
  },
  DISPUTE_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such dispute.' },
  DISPUTE_CLOSED: {
    status: 409,
    level: 'info',
    sentence: 'This dispute was closed already, with another outcome. Load the page again to see how.',
  },
  DISPUTE_EXCEEDS_OPEN: {
    status: 409,
    level: 'info',
    sentence:
      'More would be disputed than is open and free on this invoice. Nothing was charged. Load the page again and check the amounts.',
  },
  PAYMENT_DAY_AHEAD: {
    status: 400,
    level: 'info',
    sentence: 'The day of the payment has not come yet. Enter the day on which the money arrived.',
  },
  PAYMENT_NOT_MANUAL: {
    status: 409,
    level: 'warn',
    sentence: 'Only a payment that was recorded by hand can be taken back here. Refund this one instead.',
  },
  PAYMENT_FROM_BANK_LINE: {
    status: 409,
    level: 'info',
    sentence:
      'This payment came with a bank statement, so the money is there. Open the line of the statement and undo its match instead.',
  },
  REMITTANCE_EXCEEDS_PAYMENT: {
    status: 400,
    level: 'info',
    sentence:
      'The invoices add up to more than the payment. Lower an amount, or correct that of the payment.',
  },
  REMITTANCE_TOO_LONG: {
    status: 400,
    level: 'info',
    sentence: 'This is too much at once: it covers up to 1,000 invoices. Apply the rest in a second step.',
  },
  BANK_LINE_NOT_FOUND: {
    status: 404,
    level: 'warn',
    sentence: 'There is no such line on a bank statement.',
  },
  BANK_LINE_DECIDED: {
    status: 409,
    level: 'info',
    sentence:
      'Somebody else has already said what this line is. Nothing more was booked. Load the page again to see it.',
  },
  BANK_LINE_IS_DEBIT: {
    status: 409,
    level: 'info',
    sentence:
      'This line is money that went out, so it pays no invoice. Ignore it, or tie it to a payout that failed.',
  },
  SPLIT_NOT_WHOLE: {
    status: 400,
    level: 'info',
    sentence:
      'The parts do not add up to the line of the statement. Correct them so that nothing is left over.',
  },
  PAYOUT_DIFFERS: {
    status: 409,
    level: 'info',
    sentence: 'This payout has another amount or currency than the line. Choose another one.',
  },
  PAYOUT_ON_ANOTHER_LINE: {
    status: 409,
    level: 'info',
    sentence: 'This payout is tied to another line already. Undo that first, or choose another payout.',
  },
  REQUEST_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such request.' },
  REQUEST_DECIDED: {
    status: 409,
    level: 'info',
    sentence: 'Somebody else has already decided this request. Load the page again to see how.',
  },
  SECOND_PERSON_NEEDED: {
    status: 409,
    level: 'info',
    sentence: 'Nobody decides what they asked for themselves. Ask somebody else.',
  },
  WRITE_OFF_EXCEEDS_PAYABLE: {
    status: 409,
    level: 'info',
    sentence: 'The amount is more than is payable on this invoice now. Nothing was written off. Enter less.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    level: 'warn',
    sentence: 'Too many tries in a short time. Wait a little, then try again.',
  },
} as const satisfies Record<string, Entry>

export type RefusalCode = keyof typeof REFUSALS

/** A refusal with its facts. */
export function refuse(
  code: RefusalCode,
  facts: Readonly<Record<string, unknown>> = {},
): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, ...facts } }
}

/** Whether a text is a code of the catalogue; SQL functions answer with the same codes. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text)
}
