import { createStripeBooks } from '#app/gateways/stripe/balance/client.server.ts'
import type { ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { env } from '#app/platform/env.server.ts'

/** The processor of this deployment, or null when none is configured: card payment is then not offered. */
export const cardProcessor: CardProcessor | null =
  env.stripe === undefined ? null : createStripeProcessor(env.stripe)

/** The books that this deployment's processor keeps, or null without a processor. */
export const providerBooks: ProviderBooks | null =
  env.stripe === undefined ? null : createStripeBooks(env.stripe)

/** The processor of this deployment. Throws when none is configured. */
export function getCardProcessor(): CardProcessor {
  if (cardProcessor === null) throw new Error('No card processor is configured')
  return cardProcessor
}
