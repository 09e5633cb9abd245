import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { isBalanceEnough } from '#app/payments/linked-banks/links/bank-link.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/**
 * Whether a linked account may be debited by so much now: its consent stands, a mandate is active, and the bank does not say that it
 * holds less. A bank that does not tell its balance holds nothing up. Methods that came otherwise pass. Refusals: METHOD_NOT_USABLE,
 * ACCOUNT_BALANCE_TOO_LOW.
 */
export async function checkBeforeDebit(
  banks: BankLinkProvider | null,
  savedMethodId: string,
  amountMinor: bigint,
): Promise<Result<object>> {
  const { bankLink, mandates } = await db.savedMethod.findUniqueOrThrow({
    where: { id: savedMethodId },
    include: { bankLink: true, mandates: { where: { state: 'active', use: 'multi_use' } } },
  })
  if (bankLink === null) return { ok: true }
  if (bankLink.state === 'gone' || mandates.length === 0) return refuse('METHOD_NOT_USABLE')
  if (banks === null || bankLink.accessToken === null || bankLink.accountId === null) return { ok: true }
  try {
    const accessToken = openToken(bankLink.id, bankLink.accessToken)
    const balance = await banks.readBalance(accessToken, bankLink.accountId)
    return isBalanceEnough(balance, amountMinor) ? { ok: true } : refuse('ACCOUNT_BALANCE_TOO_LOW')
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    // Access that has gone is learnt of by its own event or by the daily look; the account itself can still be debited.
    log.warn({ linkId: bankLink.id, code: error.code }, 'a balance could not be asked for')
    return { ok: true }
  }
}
