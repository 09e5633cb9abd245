import { type Result, refuse } from '#app/books/refusals.ts'
import { bankLinkProvider } from '#app/gateways/plaid/bank-link.server.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'

/** Who links banks and who debits them, in this deployment. Refusal: BANKS_NOT_OFFERED when either is not configured. */
export function requireBanks(): Result<{ banks: BankLinkProvider; processor: CardProcessor }> {
  const configured = requireCardProcessor()
  if (!configured.ok || bankLinkProvider === null) return refuse('BANKS_NOT_OFFERED')
  return { ok: true, banks: bankLinkProvider, processor: configured.processor }
}
