import type { CardProcessor, ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { CATCH_UP_OVERLAP_MS } from '#app/payments/patience.ts'
import { raiseException } from '#app/payments/posting.server.ts'
import { storable, storeEvent } from '#app/payments/webhooks/receive-webhook.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

const PROVIDER = 'stripe'

/**
 * Reads the processor's own list of events since the last time (and 15 minutes before that) and takes in, oldest first,
 * what no webhook brought. Answers how many were new. The cursor is on the processor's clock and moves only after
 * everything before it is stored, so a crash reads again and stores nothing twice. One event that cannot be stored is for a
 * person, tried again while it is within the overlap, and holds up no other.
 */
export async function catchUpEvents(processor: CardProcessor): Promise<number> {
  const cursor = await db.providerCursor.findUnique({ where: { provider: PROVIDER } })
  const readUntil = cursor?.readUntil ?? (await firstPaymentAt())
  if (readUntil === null) return 0
  const since = new Date(readUntil.getTime() - CATCH_UP_OVERLAP_MS)
  const events = await processor.listEvents(since)
  const known = await knownIds(events.map((each) => each.eventId))
  let fresh = 0
  for (const event of events) if (!known.has(event.eventId) && (await tryToStore(event))) fresh += 1

  const newest = events.at(-1)?.createdAt
  if (newest !== undefined && (cursor === null || newest > cursor.readUntil))
    await db.providerCursor.upsert({
      where: { provider: PROVIDER },
      create: { provider: PROVIDER, readUntil: newest },
      update: { readUntil: newest },
    })
  return fresh
}

/** Stores an event, or tells a person that it cannot be; a database that is down fails the round as a whole. */
async function tryToStore(event: ProcessorEvent): Promise<boolean> {
  try {
    return await storeEvent(event)
  } catch (error) {
    log.warn({ eventId: event.eventId, type: event.type, err: error }, 'an event cannot be stored')
    const { eventId, objectId, type, reference } = event
    const detail = { subjectId: storable(objectId), eventId, type, reference: storable(reference) }
    await raiseException('webhook.not-stored', `webhook.not-stored:${eventId}`, detail, await readNow())
    return false
  }
}

/** Before the first checkout the processor has nothing to tell us; older events there belong to other systems. */
async function firstPaymentAt(): Promise<Date | null> {
  const first = await db.payment.findFirst({
    where: { stripeCheckoutSessionId: { not: null } },
    orderBy: { createdAt: 'asc' },
    select: { createdAt: true },
  })
  return first === null ? null : new Date(Math.min(first.createdAt.getTime(), Date.now()))
}

async function knownIds(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await db.webhookInbox.findMany({ where: { id: { in: [...eventIds] } }, select: { id: true } })
  return new Set(found.map((each) => each.id))
}
