import type { RefusalEntry } from '#app/books/refusals/refusal-entry.ts'

/** What is said about ways to pay: saved methods, linked banks, mandates and autopay. */
export const METHODS = {
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
} as const satisfies Readonly<Record<string, RefusalEntry>>
