import type { BankLinkId } from '#app/books/ids.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'

/** Longer than all calls to the outside that one piece of work makes, each with its last try. */
export const CLAIM_MS = 5 * 60_000

/** Another process works on the link; what it finds is stored when it is done. */
export class LinkIsBusy extends Error {
  override readonly name = 'LinkIsBusy'
}

/**
 * Works on a link alone: what it gives can be taken once only, by whoever comes first. A process that died gives way after some
 * minutes. Throws LinkIsBusy when another one works on it.
 */
export async function withLink<T>(linkId: BankLinkId, work: (link: BankLink) => Promise<T>): Promise<T> {
  const claimedAt = await readNow()
  const stale = new Date(claimedAt.getTime() - CLAIM_MS)
  const { count } = await db.bankLink.updateMany({
    where: { id: linkId, OR: [{ claimedAt: null }, { claimedAt: { lt: stale } }] },
    data: { claimedAt },
  })
  if (count === 0) throw new LinkIsBusy(`bank link ${linkId} is being worked on`)
  try {
    return await work(await db.bankLink.findUniqueOrThrow({ where: { id: linkId } }))
  } finally {
    await db.bankLink.updateMany({ where: { id: linkId, claimedAt }, data: { claimedAt: null } })
  }
}
