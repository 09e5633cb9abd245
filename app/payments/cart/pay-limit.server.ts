import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type Result, refuse } from '#app/books/refusals.ts'
import { env } from '#app/platform/env.server.ts'
import { log } from '#app/platform/log.server.ts'
import { createWatchedPool } from '#app/platform/watched-pool.server.ts'

/** A small pool of its own: the library speaks to node-postgres, and may not hold up the pages. */
const pool = createWatchedPool({
  connectionString: env.database.url,
  max: 2,
  application_name: 'quittance-pay-limit',
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 10_000,
  allowExitOnIdle: true,
})
pool.on('error', (error) => log.warn({ err: error }, 'an idle connection of the pay limit was lost'))

/** Ten pay forms a second and person, over a minute: no person reaches it, a runaway script does. */
const limiter = new RateLimiterPostgres({
  storeClient: pool,
  tableName: 'rate_limit',
  tableCreated: true,
  clearExpiredByTimeout: true,
  keyPrefix: 'pay',
  points: 600,
  duration: 60,
})

/** Counts one pay form of a person, or of a pay link. Refusal: TOO_MANY_REQUESTS with `retryAfterSeconds`. */
export async function allowPayForm(payer: string): Promise<Result<object>> {
  try {
    await limiter.consume(payer)
    return { ok: true }
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    return refuse('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(refused.msBeforeNext / 1000) })
  }
}
