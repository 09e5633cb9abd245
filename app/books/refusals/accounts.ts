import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

/** What is said about customers, their invoices and credits, disputes and write-offs. */
export const ACCOUNTS = {
  INVOICE_NOT_FOUND: {
    status: 404,
    level: 'warn',
    sentence: 'This invoice is not on your account. Nothing was charged.',
  },
  CUSTOMER_NOT_FOUND: { status: 404, level: 'warn', sentence: 'There is no such customer account.' },
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
} as const satisfies Readonly<Record<string, RefusalEntry>>
