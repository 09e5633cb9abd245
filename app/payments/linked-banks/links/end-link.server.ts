import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { type BankLetter, tellOwner } from '#app/payments/linked-banks/tell-owner.server.ts'
import { ensureDefault } from '#app/payments/methods/sync-methods.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'

/**
 * Ends a link for good: what is kept by it may not be debited any more, standing orders on it rest, and our access to the login is
 * given back. Whoever made it is written to. Ending what has ended changes nothing.
 */
export async function endLink(banks: BankLinkProvider, link: BankLink, code: string): Promise<void> {
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const ended = { state: 'gone', errorCode: code, linkToken: null, disconnectAt: null } as const
    const { count } = await tx.bankLink.updateMany({
      where: { id: link.id, state: { not: 'gone' } },
      data: { ...ended, bankToken: null, holderNames: [], updatedAt: now },
    })
    if (count === 0) return
    const hadMethods = await suspendMethods(tx, link, now)
    const letter = letterOf(code, hadMethods)
    if (letter !== null) await tellOwner(tx, link, letter, code, now)
    const entry = { actorKind: 'system', action: 'bank-link.ended', detail: { code } } as const
    await recordAudit({ ...entry, customerId: link.customerId, subjectId: link.id }, tx)
  })
  await giveBackAccess(banks, link)
}

function letterOf(code: string, hadMethods: boolean): BankLetter | null {
  if (code === 'REFUSED_BY_STAFF') return 'refused'
  return hadMethods ? 'removed' : null
}

/** Suspends what the link's account was kept as, and lets standing orders on it rest. Answers whether there was anything. */
async function suspendMethods(tx: Tx, link: BankLink, now: Date): Promise<boolean> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`methods:${link.customerId}`}, 0))`
  const methods = await tx.savedMethod.findMany({ where: { bankLinkId: link.id, state: { not: 'removed' } } })
  const ids = methods.map(({ id }) => id)
  await tx.savedMethod.updateMany({
    where: { id: { in: ids }, state: 'active' },
    data: { state: 'suspended', suspendedReason: 'link_broken', isDefault: false, updatedAt: now },
  })
  await tx.autopayEnrollment.updateMany({
    where: { savedMethodId: { in: ids }, state: 'active' },
    data: { state: 'paused', pausedReason: 'method_gone', updatedAt: now },
  })
  await ensureDefault(tx, link.customerId, now)
  return ids.length > 0
}

/** Ends the link of a method that was removed, if it came by one; the sweep gives the access back. */
export async function closeLinkOf(tx: Tx, methodId: string, now: Date): Promise<void> {
  await tx.bankLink.updateMany({
    where: { methods: { some: { id: methodId } }, state: { not: 'gone' } },
    data: { state: 'gone', errorCode: 'REMOVED', linkToken: null, disconnectAt: null, updatedAt: now },
  })
}

/** Gives our access to a login back and forgets its token. When the service does not answer, the sweep tries again. */
export async function giveBackAccess(
  banks: BankLinkProvider,
  link: Pick<BankLink, 'id' | 'accessToken'>,
): Promise<void> {
  if (link.accessToken === null) return
  try {
    await banks.removeItem(openToken(link.id, link.accessToken))
    await db.bankLink.updateMany({ where: { id: link.id, state: 'gone' }, data: { accessToken: null } })
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ linkId: link.id, code: error.code }, 'access to a bank login could not be given back yet')
  }
}
