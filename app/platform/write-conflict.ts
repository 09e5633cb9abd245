/**
 * Which database errors mean "you lost a race, nothing was written, try again", and how often we try.
 * Prisma reports them in four shapes: P2034, P2028 (no transaction could be opened, or it ran out of time
 * before its commit), P2010 around a raw query, and the driver adapter's own error.
 */
const RETRYABLE_SQLSTATES = new Set(['40001', '40P01'])
const MAX_TRIES = 10
const FIRST_WAIT_MS = 5
const LONGEST_WAIT_MS = 500
/** No new try after this long, so that an overloaded database is not loaded ten times over. */
const GIVE_UP_AFTER_MS = 20_000

type ErrorLike = {
  code?: unknown
  kind?: unknown
  originalCode?: unknown
  cause?: unknown
  meta?: { driverAdapterError?: unknown; code?: unknown }
}

const isObject = (value: unknown): value is ErrorLike => typeof value === 'object' && value !== null

/** True for a serialization failure, a deadlock or a transaction that never got to its commit. */
export function isWriteConflict(error: unknown, depth = 0): boolean {
  if (!isObject(error) || depth > 4) return false
  if (error.code === 'P2034' || error.code === 'P2028') return true
  if (error.kind === 'TransactionWriteConflict') return true
  for (const state of [error.code, error.originalCode, error.meta?.code])
    if (typeof state === 'string' && RETRYABLE_SQLSTATES.has(state)) return true
  return isWriteConflict(error.meta?.driverAdapterError, depth + 1) || isWriteConflict(error.cause, depth + 1)
}

/** How long to wait before try number `attempt` (1 is the first repeat): full jitter, doubling, capped. In ms. */
export function conflictWaitMs(attempt: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt))
}

/** Runs `work` until it ends in something other than a write conflict, at most ten times; then rethrows the conflict. */
export async function retryConflicts<T>(
  work: () => Promise<T>,
  wait: (ms: number) => Promise<unknown> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<T> {
  const startedAtMs = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isSpent = attempt >= MAX_TRIES || performance.now() - startedAtMs > GIVE_UP_AFTER_MS
      if (isSpent || !isWriteConflict(error)) throw error
      await wait(conflictWaitMs(attempt))
    }
  }
}
