import { z } from 'zod'
import { asId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { lookAtItem } from '#app/payments/linked-banks/item-health.server.ts'
import { LinkIsBusy } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { UNMATCHED_AFTER_MS } from '#app/payments/patience.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

const id = z.string().nullable()
const storedEvent = z.object({
  kind: z.enum([
    'link_finished',
    'item_broken',
    'item_repaired',
    'item_ending',
    'item_revoked',
    'account_revoked',
    'new_accounts',
    'account_verified',
    'account_unverified',
    'other',
  ]),
  linkToken: id,
  itemId: id,
  endsAt: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .nullable(),
})
type StoredEvent = z.infer<typeof storedEvent>

/** How long until an event about a login that we do not know yet is looked at again, in real time. */
const LOOK_AGAIN_MS = 30_000

/**
 * Looks again at the link that a stored event is about. An event of a login that is not stored yet waits for it a few minutes: its
 * link may be exchanged just now. Throws while the service does not answer or another process is at it, so that the job runs again.
 */
export async function processBankEvent(banks: BankLinkProvider, eventId: string): Promise<void> {
  const row = await db.webhookInbox.findUnique({ where: { id: eventId } })
  if (row === null) throw new Error(`There is no event ${eventId}`)
  if (row.processedAt !== null) return
  const event = storedEvent.parse(row.payload)
  const link = await findLinkOf(event)
  if (link !== null) {
    await note(eventId, () => act(banks, asId<'bkl'>(link.id), event))
    return finish(eventId, 'synced')
  }
  const now = await readNow()
  const isYoung = now.getTime() - row.receivedAt.getTime() < UNMATCHED_AFTER_MS
  if (event.itemId === null || !isYoung) return finish(eventId, 'ignored')
  await withTransaction((tx) =>
    addJob(
      tx,
      'banks:process-webhook',
      { eventId },
      { key: `banks:process-webhook:${eventId}`, afterMs: LOOK_AGAIN_MS },
    ),
  )
}

async function findLinkOf({ linkToken, itemId }: StoredEvent): Promise<{ id: string } | null> {
  if (linkToken !== null) return db.bankLink.findUnique({ where: { linkToken }, select: { id: true } })
  return itemId === null ? null : db.bankLink.findUnique({ where: { itemId }, select: { id: true } })
}

async function act(
  banks: BankLinkProvider,
  linkId: ReturnType<typeof asId<'bkl'>>,
  event: StoredEvent,
): Promise<void> {
  switch (event.kind) {
    case 'link_finished':
    case 'account_verified':
    case 'account_unverified':
      return syncBankLink(banks, linkId)
    case 'item_broken':
    case 'item_repaired':
    case 'item_ending':
    case 'item_revoked':
    case 'account_revoked':
      return lookAtItem(banks, linkId, event)
    // A further account at the bank is linked like any other: by a link of its own.
    case 'new_accounts':
    case 'other':
      return
  }
}

/** Keeps with the event why it could not be worked off, and passes it on. */
async function note(eventId: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof GatewayFault) && !(error instanceof LinkIsBusy)) throw error
    const data = { attempts: { increment: 1 }, lastError: error.message }
    await db.webhookInbox.update({ where: { id: eventId }, data })
    throw error
  }
}

async function finish(eventId: string, outcome: 'synced' | 'ignored'): Promise<void> {
  const processedAt = await readNow()
  await db.webhookInbox.update({
    where: { id: eventId },
    data: { processedAt, outcome, attempts: { increment: 1 }, lastError: null },
  })
}
