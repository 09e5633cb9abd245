import { DECLINES, type Decline } from '#scripts/sandbox/checkout/declines.ts'

type Brand = 'visa' | 'mastercard' | 'amex'

/** How one test card behaves when it pays with the customer present. */
export type TestCard = {
  number: string
  brand: Brand
  funding: 'credit' | 'debit'
  /** Said no by the issuer, after the bank's check if there is one; null = approved. */
  decline: Decline | null
  /** True when the card can be saved although a charge is declined. */
  declinesOnChargeOnly: boolean
  /** The bank's check (3-D Secure): asked for, possible when the merchant wants it, silent, not offered, or broken. */
  challenge: 'required' | 'optional' | 'frictionless' | 'unsupported'
  /** Saved and charged without the customer: asks for the check (always, or unless set up for it) or behaves as above. */
  offSession: 'always_asks' | 'asks_unless_set_up' | 'as_on_session'
  risk: 'normal' | 'elevated' | 'highest'
  /** What happens by itself after an approved charge. */
  aftermath:
    | 'none'
    | 'fraud_dispute'
    | 'not_received_dispute'
    | 'inquiry'
    | 'fraud_warning'
    | 'several_disputes'
  refund: 'succeeds' | 'pending_first' | 'fails_later'
  /** Money is available at once instead of after two days. */
  bypassesPending: boolean
  meaning: string
}

/** The cards the sandbox accepts; every other number is refused, so that nobody types a real one. */
export const TEST_CARDS = {
  visa: card('4242424242424242', 'Succeeds'),
  visa_debit: card('4000056655665556', 'Succeeds (debit)', { funding: 'debit' }),
  mastercard: card('5555555555554444', 'Succeeds', { brand: 'mastercard' }),
  amex: card('378282246310005', 'Succeeds, 4-digit security code', {
    brand: 'amex',
    challenge: 'unsupported',
  }),
  visa_chargeDeclined: declined('4000000000000002', 'Declined', DECLINES.generic),
  visa_chargeDeclinedInsufficientFunds: declined(
    '4000000000009995',
    'Insufficient funds',
    DECLINES.insufficientFunds,
  ),
  visa_chargeDeclinedLostCard: declined('4000000000009987', 'Lost card', DECLINES.lostCard),
  visa_chargeDeclinedStolenCard: declined('4000000000009979', 'Stolen card', DECLINES.stolenCard),
  chargeDeclinedExpiredCard: declined('4000000000000069', 'Expired card', DECLINES.expiredCard),
  chargeDeclinedIncorrectCvc: declined('4000000000000127', 'Wrong security code', DECLINES.incorrectCvc),
  chargeDeclinedProcessingError: declined('4000000000000119', 'Processing error', DECLINES.processingError),
  visa_chargeDeclinedVelocityLimitExceeded: declined('4000000000006975', 'Used too often', DECLINES.velocity),
  chargeCustomerFail: card('4000000000000341', 'Can be saved, charges fail', {
    decline: DECLINES.generic,
    declinesOnChargeOnly: true,
  }),
  authenticationRequiredOnSetup: card('4000002500003155', 'Bank check unless set up', {
    challenge: 'required',
    offSession: 'asks_unless_set_up',
  }),
  authenticationRequired: card('4000002760003184', 'Bank check, always', {
    challenge: 'required',
    offSession: 'always_asks',
  }),
  authenticationRequiredSetupForOffSession: card('4000003800000446', 'Bank check, set up for later use', {
    challenge: 'required',
  }),
  authenticationRequiredChargeDeclinedInsufficientFunds: card(
    '4000008260003178',
    'Bank check, then insufficient funds',
    {
      challenge: 'required',
      decline: DECLINES.insufficientFunds,
      declinesOnChargeOnly: true,
    },
  ),
  threeDSecure2Required: card('4000000000003220', 'Bank check, then succeeds', { challenge: 'required' }),
  threeDSecureRequired: card('4000008400000027', 'Bank check, then succeeds (US)', { challenge: 'required' }),
  threeDSecureRequiredChargeDeclined: card('4000008400001629', 'Bank check, then declined', {
    challenge: 'required',
    decline: DECLINES.generic,
  }),
  threeDSecureRequiredProcessingError: declined(
    '4000008400001280',
    'Bank check is out of order, declined',
    DECLINES.generic,
  ),
  threeDSecureOptional: card('4000000000003055', 'Bank check only on request'),
  threeDSecureFrictionless: card('4000000032200000', 'Bank check without asking', {
    challenge: 'frictionless',
  }),
  radarBlock: card('4100000000000019', 'Blocked by the fraud check', {
    decline: DECLINES.blocked,
    risk: 'highest',
  }),
  riskLevelHighest: card('4000000000004954', 'Succeeds, highest risk', { risk: 'highest' }),
  riskLevelElevated: card('4000000000009235', 'Succeeds, elevated risk', { risk: 'elevated' }),
  createDispute: card('4000000000000259', 'Succeeds, then disputed as fraud', { aftermath: 'fraud_dispute' }),
  createDisputeProductNotReceived: card('4000000000002685', 'Succeeds, then disputed as not received', {
    aftermath: 'not_received_dispute',
  }),
  createDisputeInquiry: card('4000000000001976', 'Succeeds, then an inquiry', { aftermath: 'inquiry' }),
  createIssuerFraudRecord: card('4000000000005423', 'Succeeds, then a fraud warning', {
    aftermath: 'fraud_warning',
  }),
  createMultipleDisputes: card('4000000404000079', 'Succeeds, then several disputes', {
    aftermath: 'several_disputes',
  }),
  pendingRefund: card('4000000000007726', 'Succeeds; a refund is pending first', { refund: 'pending_first' }),
  refundFail: card('4000000000005126', 'Succeeds; a refund fails later', { refund: 'fails_later' }),
  bypassPending: card('4000000000000077', 'Succeeds, money available at once', { bypassesPending: true }),
} as const satisfies Record<string, TestCard>

export type CardName = keyof typeof TEST_CARDS

/** The test card of a remembered name. */
export function testCard(name: CardName): TestCard {
  return TEST_CARDS[name]
}

/** Finds a test card by its number (digits only). */
export function findCardName(number: string): CardName | null {
  return cardNames().find((name) => TEST_CARDS[name].number === number) ?? null
}

/** Finds a test card by the API's token for it, such as `pm_card_visa`. */
export function findCardNameByToken(token: string): CardName | null {
  return cardNames().find((name) => `pm_card_${name}` === token) ?? null
}

/** All test cards by name, in the order of the table. */
export function cardNames(): CardName[] {
  return Object.keys(TEST_CARDS) as CardName[]
}

function card(number: string, meaning: string, differences: Partial<TestCard> = {}): TestCard {
  return {
    number,
    meaning,
    brand: 'visa',
    funding: 'credit',
    decline: null,
    declinesOnChargeOnly: false,
    challenge: 'optional',
    offSession: 'as_on_session',
    risk: 'normal',
    aftermath: 'none',
    refund: 'succeeds',
    bypassesPending: false,
    ...differences,
  }
}

function declined(number: string, meaning: string, decline: Decline): TestCard {
  return card(number, meaning, { decline })
}
