import type { BankLinkId, CustomerId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider, LinkedItem, LinkReading } from '#app/gateways/plaid/port.ts'
import { openToken, sealToken } from '#app/payments/linked-banks/access-token.server.ts'
import { checkAccount } from '#app/payments/linked-banks/check-account.server.ts'
import { readStanding } from '#app/payments/linked-banks/item-health.server.ts'
import { isOpen } from '#app/payments/linked-banks/links/bank-link.ts'
import { withLink } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink, Prisma } from '#app/platform/generated/client.ts'

/**
 * Brings a link up to date with what the service says: how the visit to the bank ended, which accounts it shares, whose they are.
 * The return page, the service's events and the sweep all call it; nothing depends on their order or number. Throws LinkIsBusy,
 * or a GatewayFault when the service does not answer.
 */
export async function syncBankLink(banks: BankLinkProvider, linkId: BankLinkId): Promise<void> {
  await withLink(linkId, async (link) => {
    const again = () => db.bankLink.findUniqueOrThrow({ where: { id: linkId } })
    await learnOfVisit(banks, link)
    await readStanding(banks, await again(), null)
    await checkAccount(banks, await again())
    await db.bankLink.update({ where: { id: linkId }, data: { checkedAt: await readNow() } })
  })
}

/** Takes the account that the customer chose among those the bank shares. Refusals: BANK_LINK_NOT_FOUND, ACCOUNT_NOT_SHARED. */
export async function chooseAccount(
  banks: BankLinkProvider,
  customerId: CustomerId,
  linkId: BankLinkId,
  accountId: string,
): Promise<Result<object>> {
  if ((await db.bankLink.findFirst({ where: { id: linkId, customerId } })) === null)
    return refuse('BANK_LINK_NOT_FOUND')
  return withLink(linkId, async (link) => {
    if (!isOpen(link.state) || link.accessToken === null) return refuse('BANK_LINK_NOT_READY')
    if (link.accountId !== null)
      return link.accountId === accountId ? { ok: true } : refuse('BANK_LINK_NOT_READY')
    const accounts = await banks.listAccounts(openToken(linkId, link.accessToken))
    const isShared = accounts.some((one) => one.accountId === accountId && one.verification !== 'failed')
    if (!isShared) return refuse('ACCOUNT_NOT_SHARED')
    await checkAccount(banks, { ...link, accountId })
    return { ok: true }
  })
}

async function learnOfVisit(banks: BankLinkProvider, link: BankLink): Promise<void> {
  if (link.linkToken === null) return
  const now = await readNow()
  const reading = await banks.readLink(link.linkToken)
  const isOver = reading === null || (link.linkExpiresAt !== null && link.linkExpiresAt <= now)
  if (reading?.state === 'finished') return finishVisit(banks, link, reading)
  // A broken login stays as it is when nobody repaired it; a first visit that came to nothing has ended.
  const ended: Prisma.BankLinkUpdateInput =
    link.accessToken !== null
      ? {}
      : reading?.state === 'exited'
        ? { state: 'exited', errorCode: reading.errorCode }
        : isOver
          ? { state: 'exited', errorCode: 'LINK_EXPIRED' }
          : {}
  const closed = isOver ? { linkToken: null, linkUrl: null } : {}
  await db.bankLink.update({ where: { id: link.id }, data: { ...ended, ...closed, updatedAt: now } })
}

type Finished = Extract<LinkReading, { state: 'finished' }>

async function finishVisit(banks: BankLinkProvider, link: BankLink, reading: Finished): Promise<void> {
  if (link.accessToken !== null) return noteRepaired(link)
  const linked = await exchangeOnce(banks, reading)
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const over = { linkToken: null, linkUrl: null, updatedAt: now }
    const data: Prisma.BankLinkUpdateInput =
      linked === null
        ? { state: 'exited', errorCode: 'RESULT_LOST', ...over }
        : {
            ...{ state: 'linked', errorCode: null, ...over },
            ...{ itemId: linked.itemId, accessToken: sealToken(link.id, linked.accessToken) },
            institutionName: reading.institution?.name ?? null,
          }
    await tx.bankLink.update({ where: { id: link.id }, data })
  })
}

/**
 * Trades the result of the visit for lasting access. It can be traded once: when an earlier trade was cut off before its answer was
 * stored, the service refuses this one and the customer has to link again. Nothing is debited by what was lost.
 */
async function exchangeOnce(banks: BankLinkProvider, { publicToken }: Finished): Promise<LinkedItem | null> {
  if (publicToken === null) return null
  try {
    return await banks.exchange(publicToken)
  } catch (error) {
    if (error instanceof GatewayFault && error.kind === 'rejected') return null
    throw error
  }
}

async function noteRepaired(link: BankLink): Promise<void> {
  const now = await readNow()
  await db.bankLink.update({
    where: { id: link.id },
    data: { linkToken: null, linkUrl: null, repairedAt: now, updatedAt: now },
  })
}
