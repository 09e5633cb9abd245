import type { JsonWebKey } from 'node:crypto'
import type Stripe from 'stripe'
import type { CardName } from '#scripts/sandbox/checkout/test-cards.ts'
import type { PlaidItem, PlaidLink, PlaidSignal, PlaidWebhookKey } from '#scripts/sandbox/plaid/records.ts'

/** Objects of the API by the name in their `object` field; each is stored under its own id. `plaid.` marks our own records. */
export type Kinds = {
  customer: Stripe.Customer
  'checkout.session': Stripe.Checkout.Session
  payment_intent: Stripe.PaymentIntent
  payment_method: Stripe.PaymentMethod
  charge: Stripe.Charge
  refund: Stripe.Refund
  balance_transaction: Stripe.BalanceTransaction
  dispute: Stripe.Dispute
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning
  webhook_endpoint: Stripe.WebhookEndpoint
  token: Stripe.Token
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
  payment_intent: { sessionId: string | null }
  /** The test card's name; the number itself is never kept. */
  payment_method: { card: CardName; postalCode: string | null }
  webhook_endpoint: { secret: string }
  /** Number of the test account that a bank token stands for. */
  token: { account: string }
  'plaid.webhook_key': { jwk: JsonWebKey }
}
export type KindWithSecrets = keyof Secrets

/** The id in an expandable field, whether it holds the id or the object. */
export function idOf(field: string | { id: string } | null | undefined): string | null {
  if (field === null || field === undefined) return null
  return typeof field === 'string' ? field : field.id
}
