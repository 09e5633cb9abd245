import type { Store } from '#scripts/sandbox/store.ts'

/**
 * The sandbox's clock in whole Unix seconds: real time plus an offset that only grows. While an overdue task
 * runs, the clock shows the moment the task was due, so that its effects carry the right time.
 */
export class Clock {
  private readonly store: Store
  private offsetSeconds: number
  private pinnedAt: number | null = null

  constructor(store: Store) {
    this.store = store
    this.offsetSeconds = Number(store.row("SELECT value FROM meta WHERE name = 'clock_offset'")?.value ?? 0)
  }

  now(): number {
    return this.pinnedAt ?? Math.floor(Date.now() / 1000) + this.offsetSeconds
  }

  offset(): number {
    return this.offsetSeconds
  }

  /** Runs `work` with the clock standing at `second`. */
  at<T>(second: number, work: () => T): T {
    this.pinnedAt = second
    try {
      return work()
    } finally {
      this.pinnedAt = null
    }
  }

  /** Moves the clock forward for good; the offset survives a restart. */
  advance(seconds: number): void {
    this.offsetSeconds += seconds
    this.store.run(
      "INSERT INTO meta (name, value) VALUES ('clock_offset', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      String(this.offsetSeconds),
    )
  }

  /** Back to real time, after the store was cleared. */
  reset(): void {
    this.offsetSeconds = 0
  }
}
