/** What a buyer is told about a decline. The processor's own text is never shown; its code is kept for staff. */
const SENTENCES: Readonly<Record<string, string>> = {
  insufficient_funds: 'The card does not have enough funds for this payment.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code was not right.',
  incorrect_number: 'The card number was not right.',
  incorrect_zip: 'The postal code did not match the card.',
  card_velocity_exceeded: 'The card has reached its limit for now.',
  processing_error: 'The card could not be processed just then.',
  payment_intent_authentication_failure: 'Your bank did not confirm that it was you.',
  authentication_required: 'Your bank wants you to confirm the payment.',
}

/** What is said whatever was to be charged. */
const EITHER_WAY: Readonly<Record<string, string>> = {
  never_reached: 'The payment did not reach the card service.',
  amount_too_small: 'The amount is smaller than the card service takes. Pay a larger amount.',
  amount_too_large: 'The amount is larger than the card service takes. Pay it in several parts.',
}

/** What a payer is told about a debit that their bank did not make, by the same codes. */
const BANK_SENTENCES: Readonly<Record<string, string>> = {
  insufficient_funds: 'The account did not cover the debit.',
  account_closed: 'The account is closed.',
  no_account: 'The bank does not know the account.',
  debit_not_authorized: 'The bank says that the debit was not authorised.',
  bank_account_restricted: 'The account takes no debits.',
}

/** A sentence about a decline code; a lost or stolen card reads like any other, as banks ask. */
export function failureSentence(code: string | null, isBankDebit = false): string {
  const either = EITHER_WAY[code ?? '']
  if (either !== undefined) return either
  if (isBankDebit) return BANK_SENTENCES[code ?? ''] ?? 'The bank did not accept the debit.'
  if (code === null) return 'The card service did not accept the payment.'
  return SENTENCES[code] ?? 'The card was declined. Your bank can tell you why.'
}
