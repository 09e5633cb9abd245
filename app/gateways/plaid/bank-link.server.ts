import { createPlaidProvider } from '#app/gateways/plaid/client.server.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { env } from '#app/platform/env.server.ts'

/** The bank link provider of this deployment, or null when none is configured: linking a bank is then not offered. */
export const bankLinkProvider: BankLinkProvider | null =
  env.plaid === undefined ? null : createPlaidProvider(env.plaid)

/** The bank link provider of this deployment. Throws when none is configured. */
export function getBankLinkProvider(): BankLinkProvider {
  if (bankLinkProvider === null) throw new Error('No bank link provider is configured')
  return bankLinkProvider
}
