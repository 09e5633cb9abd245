import { verificationHeader } from '#scripts/sandbox/plaid/webhooks/webhook-key.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { retryDelayMs } from '#scripts/sandbox/webhooks/retry.ts'
import { planTrouble, type Trouble } from '#scripts/sandbox/webhooks/trouble.ts'

const POLL_MS = 25
const ANSWER_TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 60
const MAX_IN_FLIGHT = 8

type Delivery = { id: number; url: string; type: string; body: string; attempts: number; isHeld: boolean }

/** Sends Plaid's webhooks until each was answered with 200; what was under way at a kill is sent again. */
export class PlaidCourier {
  private readonly sandbox: Sandbox
  private readonly inFlight = new Set<number>()
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
  }

  private round(): void {
    const sql = `SELECT id, url, type, body, attempts, held FROM plaid_webhook
      WHERE state = 'pending' AND next_at_ms <= ? ORDER BY next_at_ms, id LIMIT ?`
    for (const row of this.sandbox.store.rows(sql, Date.now(), MAX_IN_FLIGHT)) {
      const delivery = {
        id: Number(row.id),
        url: String(row.url),
        type: String(row.type),
        body: String(row.body),
        attempts: Number(row.attempts),
        isHeld: Number(row.held) === 1,
      }
      if (!this.inFlight.has(delivery.id) && this.inFlight.size < MAX_IN_FLIGHT) this.begin(delivery)
    }
  }

  private begin(delivery: Delivery): void {
    const plan = planTrouble(this.sandbox.faults, delivery.type, delivery.isHeld)
    if (plan.outcome === 'drop') {
      this.record(delivery, 'dropped', 'dropped on purpose', 0)
      return
    }
    if (plan.outcome === 'hold') {
      const sql = 'UPDATE plaid_webhook SET held = 1, next_at_ms = ? WHERE id = ?'
      this.sandbox.store.run(sql, Date.now() + plan.waitMs, delivery.id)
      return
    }
    this.inFlight.add(delivery.id)
    this.send(delivery, plan.trouble)
      .catch((error: unknown) => this.recordFailure(delivery, String(error)))
      .finally(() => this.inFlight.delete(delivery.id))
  }

  private async send(delivery: Delivery, trouble: Trouble): Promise<void> {
    const post = async (): Promise<number> => {
      const signing = { isStale: trouble.stale, wrongKey: trouble.badSignature }
      return postVerified(
        delivery.url,
        delivery.body,
        await verificationHeader(this.sandbox, delivery.body, signing),
      )
    }
    const statuses = await Promise.all(trouble.duplicate ? [post(), post()] : [post()])
    // The provider counts 200 alone as taken.
    if (statuses.includes(200)) this.record(delivery, 'delivered', '200', 0)
    else this.recordFailure(delivery, `HTTP ${statuses[0]}`)
  }

  private recordFailure(delivery: Delivery, answer: string): void {
    const state = delivery.attempts + 1 >= MAX_ATTEMPTS ? 'given_up' : 'pending'
    this.record(delivery, state, answer, retryDelayMs(delivery.attempts))
  }

  private record(delivery: Delivery, state: string, answer: string, waitMs: number): void {
    const sql = 'UPDATE plaid_webhook SET state = ?, attempts = ?, answer = ?, next_at_ms = ? WHERE id = ?'
    this.sandbox.store.run(sql, state, delivery.attempts + 1, answer, Date.now() + waitMs, delivery.id)
  }
}

async function postVerified(url: string, body: string, verification: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Plaid (local sandbox)',
      'plaid-verification': verification,
    },
    body,
  })
  await response.body?.cancel()
  return response.status
}
