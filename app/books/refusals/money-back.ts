import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

/** What is said about money that goes back: refunds, chargebacks and reversals. */
export const MONEY_BACK = {
  REVERSAL_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such reversal of a payment.' },
  REVERSAL_EXCEEDS_PAYMENT: {
    status: 409,
    level: 'warn',
    sentence: 'More would be taken back than this payment brought in.',
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
} as const satisfies Readonly<Record<string, RefusalEntry>>
