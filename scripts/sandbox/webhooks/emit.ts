import type Stripe from 'stripe'
import { present } from '#scripts/sandbox/api/present.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { StoredObject } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/**
 * Records an event with the object's present state and queues it for every endpoint that wants its type, in the
 * caller's transaction: state, event and queue are on disk together or not at all.
 * @param previous the values that this change replaced
 * @throws Error when the event does not satisfy the official schema
 */
export function emit(
  sandbox: Sandbox,
  type: string,
  object: StoredObject | Stripe.BankAccount,
  previous?: Record<string, unknown>,
): void {
  const shown = object.object === 'bank_account' ? object : present(sandbox, object)
  const event = {
    id: newProviderId('evt'),
    object: 'event',
    api_version: sandbox.schema.version,
    created: sandbox.clock.now(),
    data: { object: shown, ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: sandbox.cause?.id ?? null, idempotency_key: sandbox.cause?.idempotencyKey ?? null },
    type,
  }
  sandbox.schema.assertComponent('event', event)
  sandbox.schema.assertComponent(object.object, shown)
  const body = JSON.stringify(event)
  sandbox.store.run(
    'INSERT INTO event (id, type, created, body) VALUES (?, ?, ?, ?)',
    event.id,
    type,
    event.created,
    body,
  )
  for (const endpoint of sandbox.store.all('webhook_endpoint')) {
    const wanted = endpoint.enabled_events.some((name) => name === '*' || name === type)
    if (endpoint.status !== 'enabled' || !wanted) continue
    const sql = "INSERT INTO delivery (event_id, endpoint_id, state, next_at_ms) VALUES (?, ?, 'pending', ?)"
    sandbox.store.run(sql, event.id, endpoint.id, Date.now())
  }
}
