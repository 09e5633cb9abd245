import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

/** What staff are told about money that came another way, lines of the bank and payouts. */
export const CASH = {
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
} as const satisfies Readonly<Record<string, RefusalEntry>>
