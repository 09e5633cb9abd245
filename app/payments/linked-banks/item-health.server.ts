import type { BankLinkId } from '#app/books/ids.ts'
import type { BankLinkEvent, BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { nextStanding, type Standing } from '#app/payments/linked-banks/links/bank-link.ts'
import { withLink } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { endLink } from '#app/payments/linked-banks/links/end-link.server.ts'
import { tellOwner } from '#app/payments/linked-banks/tell-owner.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'

export type ItemEvent = Pick<BankLinkEvent, 'kind' | 'endsAt'>

/**
 * Reads a login again and keeps how it stands: good, to be repaired, about to end, or gone. An event only says when to look; what it
 * says itself is taken for an announced end alone, which cannot be read. Throws LinkIsBusy, or a GatewayFault.
 */
export async function lookAtItem(
  banks: BankLinkProvider,
  linkId: BankLinkId,
  event: ItemEvent | null,
): Promise<void> {
  await withLink(linkId, async (link) => {
    if (event?.kind === 'item_repaired') await noteRepair(link)
    await readStanding(banks, await db.bankLink.findUniqueOrThrow({ where: { id: linkId } }), event)
    await db.bankLink.update({ where: { id: linkId }, data: { checkedAt: await readNow() } })
  })
}

async function noteRepair(link: BankLink): Promise<void> {
  const now = await readNow()
  await db.bankLink.update({ where: { id: link.id }, data: { repairedAt: now, updatedAt: now } })
}

/** The same for a link that is claimed already. */
export async function readStanding(
  banks: BankLinkProvider,
  link: BankLink,
  event: ItemEvent | null,
): Promise<void> {
  if (link.accessToken === null || !isLive(link.state)) return
  const accessToken = openToken(link.id, link.accessToken)
  const reading = await banks.readItem(accessToken)
  const announcedEnd = event?.kind === 'item_ending' ? event.endsAt : null
  const standing = nextStanding({ ...link, state: link.state }, reading.status, announcedEnd, await readNow())
  if (standing.state === 'gone') return endLink(banks, link, reading.errorCode ?? 'USER_PERMISSION_REVOKED')
  if (event?.kind === 'account_revoked' && !(await isStillShared(banks, accessToken, link)))
    return endLink(banks, link, 'ACCOUNT_REVOKED')
  await keepStanding(link, standing, reading.errorCode)
}

function isLive(state: BankLink['state']): state is Standing['state'] {
  return state !== 'started' && state !== 'exited' && state !== 'gone'
}

async function isStillShared(
  banks: BankLinkProvider,
  accessToken: string,
  { accountId }: BankLink,
): Promise<boolean> {
  if (accountId === null) return true
  const accounts = await banks.listAccounts(accessToken)
  return accounts.some((account) => account.accountId === accountId)
}

/** Stores a changed standing and writes to the owner of an account that is in use. */
async function keepStanding(link: BankLink, standing: Standing, errorCode: string | null): Promise<void> {
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const { count } = await tx.bankLink.updateMany({
      where: { id: link.id, state: link.state },
      data: { ...standing, errorCode, updatedAt: now },
    })
    const hasChanged =
      link.state !== standing.state || link.disconnectAt?.getTime() !== standing.disconnectAt?.getTime()
    if (count === 0 || !hasChanged) return
    const isUsed = (await tx.savedMethod.count({ where: { bankLinkId: link.id, state: 'active' } })) > 0
    const occasion = String(now.getTime())
    if (isUsed && standing.state === 'needs_reauth') await tellOwner(tx, link, 'attention', occasion, now)
    if (isUsed && standing.state === 'disconnecting')
      await tellOwner(tx, link, 'disconnecting', occasion, now)
    const detail = { from: link.state, to: standing.state, code: errorCode }
    const entry = { actorKind: 'system', action: 'bank-link.moved', detail } as const
    await recordAudit({ ...entry, customerId: link.customerId, subjectId: link.id }, tx)
  })
}
