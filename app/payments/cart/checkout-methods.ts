import type { CheckoutMethod } from '#app/gateways/stripe/port.ts'

/** Least bank debit, in cents: https://docs.stripe.com/payments/ach-direct-debit */
const LEAST_BANK_DEBIT_MINOR = 50n

/** What the processor's page offers for an amount. Bank debits are in US dollars only; wallets come with the card. */
export function checkoutMethods(currency: string, amountMinor: bigint): readonly CheckoutMethod[] {
  if (currency !== 'USD') return ['card']
  return amountMinor < LEAST_BANK_DEBIT_MINOR ? ['card', 'link'] : ['us_bank_account', 'card', 'link']
}
