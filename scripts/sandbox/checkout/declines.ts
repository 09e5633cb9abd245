import type Stripe from 'stripe'

type ErrorCode = Extract<Stripe.PaymentIntent.LastPaymentError['code'], string>
type AdviceCode = Stripe.Charge.Outcome['advice_code']

/** Why an issuer (or the fraud check) said no, as the API reports it. */
export type Decline = {
  code: ErrorCode
  declineCode: string | null
  advice: AdviceCode
  message: string
  /** True when the fraud check stopped it before the network was asked. */
  isBlocked: boolean
}

/** The declines that the test cards can produce, with the provider's wording. */
export const DECLINES = {
  generic: decline('card_declined', 'generic_decline', 'try_again_later', 'Your card was declined.'),
  insufficientFunds: decline(
    'card_declined',
    'insufficient_funds',
    'try_again_later',
    'Your card has insufficient funds.',
  ),
  lostCard: decline('card_declined', 'lost_card', 'do_not_try_again', 'Your card was declined.'),
  stolenCard: decline('card_declined', 'stolen_card', 'do_not_try_again', 'Your card was declined.'),
  velocity: decline(
    'card_declined',
    'card_velocity_exceeded',
    'try_again_later',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  expiredCard: decline('expired_card', 'expired_card', 'confirm_card_data', 'Your card has expired.'),
  incorrectCvc: decline(
    'incorrect_cvc',
    'incorrect_cvc',
    'confirm_card_data',
    "Your card's security code is incorrect.",
  ),
  processingError: decline(
    'processing_error',
    'processing_error',
    'try_again_later',
    'An error occurred while processing your card. Try again in a little bit.',
  ),
  authenticationRequired: decline(
    'authentication_required',
    'authentication_required',
    null,
    'Your card was declined. This transaction requires authentication.',
  ),
  blocked: {
    ...decline('card_declined', 'fraudulent', 'do_not_try_again', 'Your card was declined.'),
    isBlocked: true,
  },
} as const satisfies Record<string, Decline>

/** Shown and stored when the customer fails the bank's check; no charge is made. */
export const AUTHENTICATION_FAILED = {
  code: 'payment_intent_authentication_failure',
  message:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
} as const

function decline(code: ErrorCode, declineCode: string | null, advice: AdviceCode, message: string): Decline {
  return { code, declineCode, advice, message, isBlocked: false }
}
