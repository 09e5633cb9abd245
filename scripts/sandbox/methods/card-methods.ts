import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { CardEntry } from '#scripts/sandbox/checkout/card-form.ts'
import { type CardName, testCard } from '#scripts/sandbox/checkout/test-cards.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Keeps a card that was typed into the hosted page: brand, last four digits and expiry, never the number. */
export function createCardMethod(sandbox: Sandbox, entry: CardEntry): Stripe.PaymentMethod {
  const card = testCard(entry.card)
  const address = {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: entry.postalCode,
    state: null,
  }
  const method: Stripe.PaymentMethod = {
    id: newProviderId('pm'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: { address, email: entry.email, name: entry.name, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
      exp_month: entry.expiryMonth,
      exp_year: entry.expiryYear,
      fingerprint: fingerprintOf(entry.card),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: card.challenge !== 'unsupported' },
      wallet: null,
    },
    created: sandbox.clock.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  return sandbox.store.insert<'payment_method'>(method, { card: entry.card, postalCode: entry.postalCode })
}

/** The same for every use of one card; made from the card's name, since its number is not kept. */
function fingerprintOf(card: CardName): string {
  return createHash('sha256')
    .update(`sandbox ${card}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, '0')
    .slice(0, 16)
}
