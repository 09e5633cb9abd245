import { WEBHOOK_FAULTS } from '#scripts/sandbox/faults.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { signatureHeader } from '#scripts/sandbox/webhooks/sign.ts'

const MAX_IN_FLIGHT = 16
const POLL_MS = 25
const ANSWER_TIMEOUT_MS = 10_000
/** Waits between tries in seconds, the last one repeated; short at first so that a killed receiver heals fast. */
const RETRY_SECONDS = [1, 2, 5, 15, 60, 60, 300, 1_800]
const MAX_ATTEMPTS = 60

type Delivery = { id: number; eventId: string; endpointId: string; attempts: number; isHeld: boolean }
type Trouble = { duplicate: boolean; badSignature: boolean; stale: boolean }

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

  /** Applies the planned webhook faults; null when the delivery does not go out now. */
  private planTrouble(delivery: Delivery): Trouble | null {
    const trouble: Trouble = { duplicate: false, badSignature: false, stale: false }
    if (this.sandbox.faults.list().length === 0) return trouble
    const type = String(this.sandbox.store.row('SELECT type FROM event WHERE id = ?', delivery.eventId)?.type)
    for (const kind of WEBHOOK_FAULTS) {
      if ((kind === 'delay' || kind === 'shuffle') && delivery.isHeld) continue
      const fault = this.sandbox.faults.take([kind], (one) => one.type === null || one.type === type)
      if (!fault) continue
      if (fault.kind === 'drop') {
        this.sandbox.store.run(
          "UPDATE delivery SET state = 'dropped', answer = 'dropped on purpose' WHERE id = ?",
          delivery.id,
        )
        return null
      }
      if (fault.kind === 'delay' || fault.kind === 'shuffle') {
        const wait = fault.kind === 'delay' ? fault.delayMs : Math.floor(Math.random() * fault.delayMs)
        this.sandbox.store.run(
          'UPDATE delivery SET held = 1, next_at_ms = ? WHERE id = ?',
          Date.now() + wait,
          delivery.id,
        )
        return null
      }
      if (fault.kind === 'duplicate') trouble.duplicate = true
      if (fault.kind === 'bad_signature') trouble.badSignature = true
      if (fault.kind === 'stale_timestamp') trouble.stale = true
    }
    return trouble
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
    const wait = (RETRY_SECONDS[delivery.attempts] ?? RETRY_SECONDS.at(-1) ?? 0) * 1_000
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
