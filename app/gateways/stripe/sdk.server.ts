import Stripe from 'stripe'

/** Where to call instead of Stripe itself; the sandbox. */
export type StripeAddress = {
  readonly host: string
  readonly port: number
  readonly protocol: 'http' | 'https'
}

/** The SDK with an account's key, at Stripe or at the address that the configuration names. */
export function connectStripe(secretKey: string, api: StripeAddress | undefined): Stripe {
  return new Stripe(secretKey, { ...(api ?? {}), telemetry: false, appInfo: { name: 'quittance' } })
}
