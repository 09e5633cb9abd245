import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

/** What a payer is told about a cart and its payment. */
export const PAYING = {
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
  FEE_NOT_SEEN: {
    status: 409,
    level: 'info',
    sentence:
      'This card costs a fee, which is shown below now. Nothing was charged. Check it and pay, or choose a way to pay without a fee.',
  },
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
  TOO_MANY_REQUESTS: {
    status: 429,
    level: 'warn',
    sentence: 'Too many tries in a short time. Wait a little, then try again.',
  },
} as const satisfies Readonly<Record<string, RefusalEntry>>
