import type { Store } from '#scripts/sandbox/store.ts'

/**
 * Planned misbehaviour. Faults of the API answer `status`, never answer (`timeout`), cut the connection (`reset`)
 * answer late (`slow`), or send half of the answer (`malformed`); with stage `after` the request has been executed and kept when it goes wrong.
 * Faults of webhooks and mail touch the next deliveries.
 */
export const API_FAULTS = ['status', 'timeout', 'reset', 'slow', 'malformed'] as const
export const WEBHOOK_FAULTS = [
  'duplicate',
  'shuffle',
  'delay',
  'drop',
  'bad_signature',
  'stale_timestamp',
] as const
export const MAIL_FAULTS = ['smtp_refuse'] as const
export const FAULT_KINDS = [...API_FAULTS, ...WEBHOOK_FAULTS, ...MAIL_FAULTS] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export type Fault = {
  kind: FaultKind
  /** API: only requests with this method. */
  method: string | null
  /** API: only paths that start with this; the query does not count. */
  path: string | null
  /** Webhooks: only events of this type. */
  type: string | null
  /** HTTP status of a `status` fault, SMTP code of `smtp_refuse`. */
  status: number
  stage: 'before' | 'after'
  /** Value of the Stripe-Should-Retry header, or null to leave it out. */
  shouldRetry: boolean | null
  /** How long `slow`, `delay` and (at most, at random) `shuffle` hold back, in milliseconds. */
  delayMs: number
}
export type ActiveFault = Fault & { id: number; remaining: number }

/** The planned faults, kept in the store so that they also outlive a kill. */
export class Faults {
  private readonly store: Store
  /** Read on every request, so kept in memory; this process is the only writer. */
  private active: ActiveFault[] = []

  constructor(store: Store) {
    this.store = store
    this.reload()
  }

  /** Plans `fault` for the next `count` matching occasions. */
  add(fault: Fault, count: number): ActiveFault {
    this.store.run('INSERT INTO fault (body, remaining) VALUES (?, ?)', JSON.stringify(fault), count)
    this.reload()
    const added = this.active.at(-1)
    if (!added) throw new Error('The fault was not stored')
    return added
  }

  list(): readonly ActiveFault[] {
    return this.active
  }

  clear(): void {
    this.store.run('DELETE FROM fault')
    this.active = []
  }

  /** Takes the oldest fault that matches off the plan (one occasion of it), or null. */
  take(kinds: readonly FaultKind[], matches: (fault: Fault) => boolean): Fault | null {
    const fault = this.active.find((one) => kinds.includes(one.kind) && matches(one))
    if (!fault) return null
    this.store.run('UPDATE fault SET remaining = remaining - 1 WHERE id = ?', fault.id)
    this.store.run('DELETE FROM fault WHERE id = ? AND remaining <= 0', fault.id)
    this.reload()
    return fault
  }

  /** Reads the plan again, after the store changed beneath it. */
  reload(): void {
    const rows = this.store.rows('SELECT id, body, remaining FROM fault ORDER BY id')
    this.active = rows.map((row) => ({
      ...(JSON.parse(String(row.body)) as Fault),
      id: Number(row.id),
      remaining: Number(row.remaining),
    }))
  }
}
