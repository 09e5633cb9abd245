import type { JsonWebKey } from 'node:crypto'
import type Stripe from 'stripe'
import type { BankAccountName } from '#scripts/sandbox/banking/test-accounts.ts'
import type { CardName } from '#scripts/sandbox/checkout/test-cards.ts'
import type { PlaidItem, PlaidLink, PlaidSignal, PlaidWebhookKey } from '#scripts/sandbox/plaid/records.ts'

/** Objects of the API by the name in their `object` field; each is stored under its own id. `plaid.` marks our own records. */
export type Kinds = {
  customer: Stripe.Customer
  'checkout.session': Stripe.Checkout.Session
  payment_intent: Stripe.PaymentIntent
  setup_intent: Stripe.SetupIntent
  /** Also bank accounts that came by token: their id starts with `ba_`. */
  payment_method: Stripe.PaymentMethod
  mandate: Stripe.Mandate
  charge: Stripe.Charge
  refund: Stripe.Refund
  balance_transaction: Stripe.BalanceTransaction
  payout: Stripe.Payout
  dispute: Stripe.Dispute
  token: Stripe.Token
  'financial_connections.account': Stripe.FinancialConnections.Account
  'financial_connections.account_ownership': Stripe.FinancialConnections.AccountOwnership
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning
  webhook_endpoint: Stripe.WebhookEndpoint
  'plaid.link': PlaidLink
  'plaid.item': PlaidItem
  'plaid.signal': PlaidSignal
  'plaid.webhook_key': PlaidWebhookKey
}
export type Kind = keyof Kinds
export type StoredObject = Kinds[Kind]

/** What the sandbox remembers beside an object and never sends. */
export type Secrets = {
  'checkout.session': {
    lineItems: Stripe.LineItem[]
    paymentIntentData: Stripe.Checkout.SessionCreateParams.PaymentIntentData
  }
  payment_intent: { sessionId: string | null; mandateId?: string | null }
  setup_intent: { sessionId: string | null }
  payment_method: MethodSecrets
  /** The payout that carried a movement to the bank; null while none has. */
  balance_transaction: { payout: string | null }
  /** The full number of the test bank account, which decides what its debits come to. */
  token: { account: string }
  webhook_endpoint: { secret: string }
  'plaid.webhook_key': { jwk: JsonWebKey }
}
export type KindWithSecrets = keyof Secrets

/** Behind a payment method: a test card or a test bank account by name; the number itself is never kept. */
export type MethodSecrets = {
  card?: CardName
  bank?: BankAccountName
  postalCode: string | null
  /** True once the customer agreed to later payments, the bank's check passed where it was asked. */
  isSetUp?: boolean
  /** False for numbers typed by hand until the small deposits were confirmed. */
  isVerified?: boolean
  wrongDepositAnswers?: number
  /** A method that was detached can never be used again. */
  isDetached?: boolean
}

/** The id in an expandable field, whether it holds the id or the object. */
export function idOf(field: string | { id: string } | null | undefined): string | null {
  if (field === null || field === undefined) return null
  return typeof field === 'string' ? field : field.id
}
