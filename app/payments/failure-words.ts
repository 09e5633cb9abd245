/**
 * What a buyer is told about a payment that was turned down: of a card, of a debit of a bank account, or of either where nobody knows
 * yet which it was. The processor's own text is never shown; its code is kept for staff.
 */
import type { SavedMethodKind } from '#app/payments/methods/saved-method.ts'

/** Codes that say nothing about the way to pay. */
const EITHER: Readonly<Record<string, string>> = {
  authentication_required: 'Your bank wants you to confirm the payment.',
  payment_intent_authentication_failure: 'Your bank did not confirm that it was you.',
  processing_error: 'The payment could not be processed just then.',
  never_reached: 'The payment did not reach the card service.',
  amount_too_small: 'The amount is smaller than the card service takes. Pay a larger amount.',
  amount_too_large: 'The amount is larger than the card service takes. Pay it in several parts.',
}

const DECLINED = 'The card was declined. Your bank can tell you why.'
const CARD: Readonly<Record<string, string>> = {
  insufficient_funds: 'The card does not have enough funds for this payment.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code was not right.',
  incorrect_number: 'The card number was not right.',
  incorrect_zip: 'The postal code did not match the card.',
  card_velocity_exceeded: 'The card has reached its limit for now.',
  // A lost or stolen card reads like any other, as banks ask.
  ...{ card_declined: DECLINED, generic_decline: DECLINED, do_not_honor: DECLINED },
  ...{ lost_card: DECLINED, stolen_card: DECLINED, pickup_card: DECLINED },
}

const NOT_ENOUGH = 'There was not enough money for this payment.'
const BANK: Readonly<Record<string, string>> = {
  insufficient_funds: 'The account did not cover the debit.',
  account_closed: 'The account is closed.',
  no_account: 'The bank does not know the account.',
  incorrect_account_details: 'The bank does not know the account.',
  bank_account_unusable: 'The account cannot be debited any more. Add it again, or use another one.',
  bank_account_restricted: 'The account takes no debits.',
  debit_not_authorized: 'The bank says that the debit was not authorised.',
  charge_exceeds_transaction_limit: 'The amount is above what may be debited from the account in a week.',
  payment_method_currency_mismatch: 'The account is not held in the currency of this payment.',
  payment_method_provider_decline: 'The debit was not accepted.',
  payment_method_microdeposit_failed: 'The two small deposits could not be sent to the account.',
  payment_method_microdeposit_verification_attempts_exceeded:
    'The two small deposits were answered wrong too often.',
  payment_method_microdeposit_verification_timeout: 'The two small deposits were not confirmed in time.',
}

/** A sentence about why a payment was turned down; `kind` is null where its payer could choose and nobody knows what they took. */
export function failureSentence(code: string | null, kind: SavedMethodKind | null): string {
  if (code === null) return UNTOLD[kind ?? 'link']
  return EITHER[code] ?? byKind(code, kind ?? 'link') ?? UNKNOWN[kind ?? 'link']
}

const UNTOLD: Readonly<Record<SavedMethodKind, string>> = {
  card: 'The card service did not accept the payment.',
  us_bank_account: 'The bank did not accept the debit.',
  link: 'The card service did not accept the payment.',
}

const UNKNOWN: Readonly<Record<SavedMethodKind, string>> = {
  card: DECLINED,
  us_bank_account: 'The bank did not accept the debit.',
  link: 'The payment was not accepted. Your bank can tell you why.',
}

/** Behind Link stands a card or a bank account, so that it has the words of both. */
function byKind(code: string, kind: SavedMethodKind): string | undefined {
  switch (kind) {
    case 'card':
      return CARD[code]
    case 'us_bank_account':
      return BANK[code]
    case 'link':
      return code === 'insufficient_funds' ? NOT_ENOUGH : (CARD[code] ?? BANK[code])
  }
}
