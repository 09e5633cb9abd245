import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { retryDelayMs } from '#scripts/sandbox/webhooks/retry.ts'
import { signatureHeader } from '#scripts/sandbox/webhooks/sign.ts'
import { planTrouble, type Trouble } from '#scripts/sandbox/webhooks/trouble.ts'

const MAX_IN_FLIGHT = 16
const POLL_MS = 25
const ANSWER_TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 60

type Delivery = { id: number; eventId: string; endpointId: string; attempts: number; isHeld: boolean }

/**
 * Sends queued events until each was answered with 2xx. The queue is in the store; a delivery that was under way
 * when the process died is simply sent again.
 */
export class Courier {
  private readonly sandbox: Sandbox
  private readonly inFlight = new Set<number>()
  private readonly delivered: { id: number; attempts: number; answer: string }[] = []
  private timer: NodeJS.Timeout | null = null

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
  }

  start(): void {
    this.timer ??= setInterval(() => this.round(), POLL_MS)
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
    this.recordDelivered()
  }

  private round(): void {
    this.recordDelivered()
    const room = MAX_IN_FLIGHT - this.inFlight.size
    if (room <= 0) return
    const sql = `SELECT id, event_id, endpoint_id, attempts, held FROM delivery
      WHERE state = 'pending' AND next_at_ms <= ? ORDER BY next_at_ms, id LIMIT ?`
    for (const row of this.sandbox.store.rows(sql, Date.now(), MAX_IN_FLIGHT * 2)) {
      if (this.inFlight.size >= MAX_IN_FLIGHT) return
      const delivery = {
        id: Number(row.id),
        eventId: String(row.event_id),
        endpointId: String(row.endpoint_id),
        attempts: Number(row.attempts),
        isHeld: Number(row.held) === 1,
      }
      if (!this.inFlight.has(delivery.id)) this.begin(delivery)
    }
  }

  private begin(delivery: Delivery): void {
    const trouble = this.planTrouble(delivery)
    if (!trouble) return
    this.inFlight.add(delivery.id)
    this.send(delivery, trouble)
      .catch((error: unknown) => this.recordFailure(delivery, String(error)))
      .finally(() => this.inFlight.delete(delivery.id))
  }

  /** The faults planned for a delivery; null when it does not go out now. */
  private planTrouble(delivery: Delivery): Trouble | null {
    const { faults, store } = this.sandbox
    if (faults.list().length === 0) return { duplicate: false, badSignature: false, stale: false }
    const type = String(store.row('SELECT type FROM event WHERE id = ?', delivery.eventId)?.type)
    const plan = planTrouble(faults, type, delivery.isHeld)
    if (plan.outcome === 'send') return plan.trouble
    if (plan.outcome === 'drop') {
      const sql = "UPDATE delivery SET state = 'dropped', answer = 'dropped on purpose' WHERE id = ?"
      store.run(sql, delivery.id)
    } else {
      const sql = 'UPDATE delivery SET held = 1, next_at_ms = ? WHERE id = ?'
      store.run(sql, Date.now() + plan.waitMs, delivery.id)
    }
    return null
  }

  private async send(delivery: Delivery, trouble: Trouble): Promise<void> {
    const endpoint = this.sandbox.store.find('webhook_endpoint', delivery.endpointId)
    const event = this.sandbox.store.row('SELECT body FROM event WHERE id = ?', delivery.eventId)
    if (!endpoint || !event) return
    const { secret } = this.sandbox.store.secretsOf('webhook_endpoint', endpoint.id)
    const open = pendingWebhooks(this.sandbox, delivery.eventId)
    // Pretty-printed as the provider does, which proves that a receiver checks the raw body.
    const payload = JSON.stringify({ ...JSON.parse(String(event.body)), pending_webhooks: open }, null, 2)
    const post = (): Promise<number> =>
      postSigned(endpoint.url, payload, trouble.badSignature ? `${secret}x` : secret, trouble.stale)
    const statuses = await Promise.all(trouble.duplicate ? [post(), post()] : [post()])
    const status = statuses.find((one) => one >= 200 && one < 300) ?? statuses[0] ?? 0
    if (status >= 200 && status < 300) {
      this.delivered.push({ id: delivery.id, attempts: delivery.attempts + 1, answer: String(status) })
    } else this.recordFailure(delivery, `HTTP ${status}`)
  }

  /** One transaction for all answers since the last round; losing it in a kill only sends those events again. */
  private recordDelivered(): void {
    if (this.delivered.length === 0) return
    const batch = this.delivered.splice(0)
    this.sandbox.store.transaction(() => {
      for (const one of batch) {
        const sql = "UPDATE delivery SET state = 'delivered', attempts = ?, answer = ? WHERE id = ?"
        this.sandbox.store.run(sql, one.attempts, one.answer, one.id)
      }
    })
  }

  private recordFailure(delivery: Delivery, answer: string): void {
    const attempts = delivery.attempts + 1
    const state = attempts >= MAX_ATTEMPTS ? 'given_up' : 'pending'
    const wait = retryDelayMs(delivery.attempts)
    const sql = 'UPDATE delivery SET state = ?, attempts = ?, next_at_ms = ?, answer = ? WHERE id = ?'
    this.sandbox.store.run(sql, state, attempts, Date.now() + wait, answer, delivery.id)
  }
}

/** How many endpoints have not yet acknowledged an event. */
export function pendingWebhooks(sandbox: Sandbox, eventId: string): number {
  const sql = "SELECT count(*) AS open FROM delivery WHERE event_id = ? AND state <> 'delivered'"
  return Number(sandbox.store.row(sql, eventId)?.open)
}

async function postSigned(url: string, payload: string, secret: string, isStale: boolean): Promise<number> {
  const timestamp = Math.floor(Date.now() / 1000) - (isStale ? 301 : 0)
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (local sandbox)',
      'stripe-signature': signatureHeader(payload, secret, timestamp),
    },
    body: payload,
  })
  await response.body?.cancel()
  return response.status
}
