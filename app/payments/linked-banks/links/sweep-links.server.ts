import { asId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { lookAtItem } from '#app/payments/linked-banks/item-health.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { LinkIsBusy } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { endLink, giveBackAccess } from '#app/payments/linked-banks/links/end-link.server.ts'
import { DAY_MS } from '#app/payments/linked-banks/links/start-link.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { BankLink, Prisma } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'

/** How many links one round looks at for each reason. */
const ROUND = 50
const MINUTE_MS = 60_000
/** The service keeps what came of a visit for so long. */
const RESULT_LIFE_MS = 6 * 3_600_000
/** Small deposits take days; what nobody has finished after this is given back. */
const UNFINISHED_AFTER_MS = 14 * DAY_MS

/** One reason to look at links: which ones, and what is done. */
type Round = {
  readonly where: Prisma.BankLinkWhereInput
  readonly work: (link: BankLink) => Promise<void>
}

/**
 * Looks after links that nobody came back from: reads visits that should have ended, hands over what was agreed to, looks at logins
 * that were not heard of for a day, and gives back access that nobody needs. Answers how many it looked at.
 */
export async function sweepLinks(processor: CardProcessor, banks: BankLinkProvider): Promise<number> {
  const now = await readNow()
  let count = 0
  for (const { where, work } of roundsOf(processor, banks, now)) {
    const due = await db.bankLink.findMany({ where, orderBy: { updatedAt: 'asc' }, take: ROUND })
    for (const link of due) await tryTo(link, work)
    count += due.length
  }
  return count
}

async function tryTo(link: BankLink, work: Round['work']): Promise<void> {
  try {
    await work(link)
  } catch (error) {
    if (!(error instanceof GatewayFault) && !(error instanceof LinkIsBusy)) throw error
    log.warn({ linkId: link.id, reason: error.message }, 'a bank link could not be brought up to date')
  }
}

function roundsOf(processor: CardProcessor, banks: BankLinkProvider, now: Date): readonly Round[] {
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  const notSince = (ms: number): Prisma.BankLinkWhereInput => ({
    OR: [{ checkedAt: null }, { checkedAt: { lt: ago(ms) } }],
  })
  const sync = (link: BankLink) => syncBankLink(banks, asId<'bkl'>(link.id))
  const live = { in: ['linked' as const, 'needs_reauth' as const, 'disconnecting' as const] }
  return [
    {
      where: { linkToken: { not: null }, updatedAt: { lt: ago(2 * MINUTE_MS) }, ...notSince(10 * MINUTE_MS) },
      work: sync,
    },
    // A visit whose page was never opened, or whose result is too old to be had.
    {
      where: {
        state: 'started',
        OR: [
          { linkToken: null, updatedAt: { lt: ago(10 * MINUTE_MS) } },
          { linkExpiresAt: { lt: ago(RESULT_LIFE_MS) } },
        ],
      },
      work: expire,
    },
    {
      where: {
        ...{ state: { in: ['linked', 'disconnecting'] }, mandateId: null, ...notSince(30 * MINUTE_MS) },
        OR: [{ accountVerification: 'pending' }, { holderCheck: null }, { holderCheck: 'refused' }],
      },
      work: sync,
    },
    {
      where: {
        ...{ state: { in: ['linked', 'disconnecting'] }, mandateId: { not: null }, methods: { none: {} } },
        updatedAt: { lt: ago(MINUTE_MS) },
      },
      work: (link) => keepLinkedAccount(processor, banks, asId<'bkl'>(link.id)),
    },
    {
      where: {
        ...{ state: live, methods: { some: {} } },
        AND: { OR: [notSince(DAY_MS), { disconnectAt: { lt: now } }] },
      },
      work: (link) => lookAtItem(banks, asId<'bkl'>(link.id), null),
    },
    {
      where: {
        ...{ state: { in: ['linked', 'review', 'needs_reauth', 'disconnecting'] }, methods: { none: {} } },
        updatedAt: { lt: ago(UNFINISHED_AFTER_MS) },
      },
      work: (link) => endLink(banks, link, 'NOT_FINISHED'),
    },
    { where: { state: 'gone', accessToken: { not: null } }, work: (link) => giveBackAccess(banks, link) },
  ]
}

async function expire(link: BankLink): Promise<void> {
  await db.bankLink.updateMany({
    where: { id: link.id, state: 'started' },
    data: { state: 'exited', errorCode: 'LINK_EXPIRED', linkToken: null, linkUrl: null },
  })
}
