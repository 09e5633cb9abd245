import type Stripe from 'stripe'
import { submissionDate } from '#scripts/sandbox/banking/business-days.ts'
import type { BankReturn } from '#scripts/sandbox/banking/return-codes.ts'
import type { Refusal } from '#scripts/sandbox/banking/test-accounts.ts'
import type { Decline } from '#scripts/sandbox/checkout/declines.ts'
import type { TestCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { randomText } from '#scripts/sandbox/ids.ts'

type Details = Stripe.Charge.PaymentMethodDetails
type Outcome = Stripe.Charge.Outcome
/** How the bank's check went: not asked, passed by the customer, or passed without asking. */
export type Authentication = 'none' | 'challenge' | 'frictionless'

/** What a charge says about the card, wallet or Link that paid it. */
export function cardChargeDetails(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  authentication: Authentication,
): Details {
  if (method.type === 'link') return { type: 'link', link: { country: 'US' } }
  const card = method.card
  if (!card) throw new Error(`${method.id} is no card`)
  return {
    type: 'card',
    card: {
      amount_authorized: intent.amount,
      authorization_code: null,
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      extended_authorization: { status: 'disabled' },
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card.brand,
      network_token: { used: card.wallet !== null },
      network_transaction_id: randomText(15),
      overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
      regulated_status: 'unregulated',
      three_d_secure: authentication === 'none' ? null : authenticated(authentication),
      transaction_link_id: null,
      wallet: card.wallet as Stripe.Charge.PaymentMethodDetails.Card['wallet'],
    },
  }
}

/** What a charge says about the bank account that it debits. */
export function debitChargeDetails(
  method: Stripe.PaymentMethod,
  mandateId: string | null,
  now: number,
): Details {
  const account = method.us_bank_account
  if (!account) throw new Error(`${method.id} is no bank account`)
  return {
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: account.account_holder_type,
      account_type: account.account_type,
      bank_name: account.bank_name,
      expected_debit_date: submissionDate(now),
      fingerprint: account.fingerprint,
      last4: account.last4,
      ...(mandateId === null ? {} : { mandate: mandateId }),
      payment_reference: randomText(15).toUpperCase(),
      routing_number: account.routing_number,
    },
  }
}

/** The network's answer to a card. */
export function cardOutcome(card: TestCard, decline: Decline | null): Outcome {
  const score = { normal: 24, elevated: 70, highest: 92 }[card.risk]
  const risk = { risk_level: card.risk, risk_score: score }
  if (!decline) {
    return {
      ...approved('approved_by_network'),
      reason: card.risk === 'elevated' ? 'elevated_risk_level' : null,
      ...risk,
    }
  }
  return {
    advice_code: decline.advice,
    network_advice_code: null,
    network_decline_code: decline.isBlocked ? null : '05',
    network_status: decline.isBlocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: decline.isBlocked ? 'highest_risk_level' : (decline.declineCode ?? decline.code),
    ...risk,
    seller_message: decline.isBlocked
      ? 'Stripe blocked this payment as too risky.'
      : 'The bank did not approve the payment.',
    type: decline.isBlocked ? 'blocked' : 'issuer_declined',
  }
}

/** A bank debit on its way, or arrived. */
export function debitOutcome(): Outcome {
  return { ...approved('approved_by_network'), risk_level: 'not_assessed' }
}

/** A bank debit that came back; the network's code stands in network_decline_code. */
export function returnedOutcome(bankReturn: BankReturn): Outcome {
  return {
    ...debitOutcome(),
    network_decline_code: bankReturn.networkCode,
    network_status: 'declined_by_network',
    reason: bankReturn.failureCode,
    seller_message: 'The bank returned the debit.',
    type: 'issuer_declined',
  }
}

/** A bank debit that was never sent to the bank. */
export function refusedOutcome(refusal: Refusal): Outcome {
  return {
    ...debitOutcome(),
    network_status: 'not_sent_to_network',
    reason: refusal.isHighestRisk ? 'highest_risk_level' : refusal.code,
    risk_level: refusal.isHighestRisk ? 'highest' : 'not_assessed',
    seller_message: refusal.message,
    type: refusal.isHighestRisk ? 'blocked' : 'invalid',
  }
}

function approved(status: string): Outcome {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: status,
    reason: null,
    seller_message: 'Payment complete.',
    type: 'authorized',
  }
}

function authenticated(
  flow: 'challenge' | 'frictionless',
): Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure {
  return {
    authentication_flow: flow,
    electronic_commerce_indicator: '05',
    exemption_indicator: null,
    result: 'authenticated',
    result_reason: null,
    transaction_id: randomText(36),
    version: '2.2.0',
  }
}
