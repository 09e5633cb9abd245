import { decodeId } from '#app/books/ids.ts'
import type { CardProcessor, ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { recordWebhook } from '#app/payments/posting.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withRetry } from '#app/platform/db.server.ts'

/**
 * Takes a webhook in: verifies its signature on the raw body, stores the event once and queues its processing. Nothing else
 * happens here, so the answer is quick. Answers whether it was genuine; throws when it could not be stored, so that the
 * processor sends it again.
 */
export async function receiveWebhook(
  processor: CardProcessor,
  rawBody: string,
  signature: string,
): Promise<'stored' | 'known' | 'forged'> {
  const event = await processor.verifyWebhook(rawBody, signature)
  if (event === null) return 'forged'
  return (await storeEvent(event)) ? 'stored' : 'known'
}

/** Puts an event into the inbox with the job that looks at it; false when it is there already. */
export async function storeEvent(event: ProcessorEvent): Promise<boolean> {
  const now = await readNow()
  const row = {
    id: event.eventId,
    provider: 'stripe',
    type: event.type,
    objectId: event.objectId,
    paymentId: event.reference === null ? null : decodeId('pay', event.reference),
    payload: JSON.parse(event.payload),
    eventAt: event.createdAt.toISOString(),
  }
  const { fresh } = await withRetry(() => recordWebhook(db, storable(row), now))
  return fresh
}

/** The value without what a database cannot hold in a text: NUL, and halves of surrogate pairs. */
export function storable<Value>(value: Value): Value
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '\ufffd')
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)]))
}
