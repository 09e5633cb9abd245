/** What is to be known of the job queue. */

/** Jobs of one name. `failing` will be tried again by itself, `failed` will not. */
export type TaskLoad = {
  readonly task: string
  readonly waiting: number
  readonly later: number
  readonly running: number
  readonly failing: number
  readonly failed: number
  /** How long the oldest job that could run has waited, in seconds; null when none waits. */
  readonly lagSeconds: number | null
}

/** A job that failed at least once. */
export type TroubledJob = {
  readonly id: string
  readonly task: string
  readonly key: string | null
  readonly attempts: number
  readonly maxAttempts: number
  readonly nextRunAt: Date
  readonly lastError: string | null
  readonly isFailed: boolean
  readonly isRunning: boolean
}

export type WorkerLife = {
  /** How many connections hold a living worker's lock. */
  readonly living: number
}
