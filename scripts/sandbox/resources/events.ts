import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type Condition, type ListParams, listRows } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { pendingWebhooks } from '#scripts/sandbox/webhooks/courier.ts'

type EventFilter = { type?: string; types?: string[]; delivery_success?: boolean }

/** Events can be read for 30 days. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60
const MAX_TYPES = 20

/** Endpoints of events: retrieve, list. */
export const EVENT_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/events/{id}', (sandbox, _params, id) => {
    const oldest = sandbox.clock.now() - RETENTION_SECONDS
    const row = sandbox.store.row('SELECT body FROM event WHERE id = ? AND created >= ?', id, oldest)
    if (!row) throw noSuch('event', id)
    return withPending(sandbox, String(row.body))
  }),
  operation<ListParams & EventFilter>('GET', '/v1/events', (sandbox, params) => {
    const page = listRows(sandbox, 'event', '/v1/events', params, conditionsOf(sandbox, params))
    return { ...page, data: page.data.map((body) => withPending(sandbox, body)) }
  }),
]

function conditionsOf(sandbox: Sandbox, params: EventFilter): Condition[] {
  if (params.type !== undefined && params.types !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: type, types.', 'types')
  }
  const conditions: Condition[] = [{ sql: 'created >= ?', values: [sandbox.clock.now() - RETENTION_SECONDS] }]
  const types = params.types ?? (params.type === undefined ? [] : [params.type])
  if (types.length > MAX_TYPES) throw invalidRequest(`At most ${MAX_TYPES} types.`, 'types')
  if (types.length > 0) {
    const patterns = types.map((type) => (type.endsWith('*') ? `${type.slice(0, -1)}%` : type))
    conditions.push({ sql: `(${patterns.map(() => 'type LIKE ?').join(' OR ')})`, values: patterns })
  }
  if (params.delivery_success !== undefined) {
    const sql = `${params.delivery_success ? 'NOT ' : ''}EXISTS (SELECT 1 FROM delivery
      WHERE delivery.event_id = event.id AND delivery.state <> 'delivered')`
    conditions.push({ sql, values: [] })
  }
  return conditions
}

function withPending(sandbox: Sandbox, body: string): { id: string } {
  const event = JSON.parse(body) as { id: string }
  return { ...event, ...{ pending_webhooks: pendingWebhooks(sandbox, event.id) } }
}
