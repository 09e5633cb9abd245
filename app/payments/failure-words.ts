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
  never_reached: 'The payment did not reach the card service.',
  amount_too_small: 'The amount is smaller than the card service takes. Pay a larger amount.',
  amount_too_large: 'The amount is larger than the card service takes. Pay it in several parts.',
}

/** A sentence about a decline code; a lost or stolen card reads like any other, as banks ask. */
export function failureSentence(code: string | null): string {
  if (code === null) return 'The card service did not accept the payment.'
  return SENTENCES[code] ?? 'The card was declined. Your bank can tell you why.'
}
