import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { env } from '#app/platform/env.server.ts'

const LOOK_AGAIN_MS = 1_000

/**
 * Runs `work` in one process at a time: whoever holds the advisory lock of that name. PostgreSQL gives the lock up when the
 * holder's connection is gone, and then the signal given to `work` aborts. Returns when `signal` aborts or `work` returns.
 * Leadership saves work; that nothing is done twice is held by row locks and unique keys.
 */
export async function whileLeading(
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: env.database.url,
    application_name: `quittance-${name}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  await client.connect()
  try {
    while (!signal.aborted && !lost.signal.aborted) {
      const { rows } = await client.query<{ leads: boolean }>(
        'SELECT pg_try_advisory_lock(hashtext($1)) AS leads',
        [`quittance:${name}`],
      )
      if (rows[0]?.leads === true) return await work(AbortSignal.any([signal, lost.signal]))
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {})
    }
  } finally {
    await client.end().catch(() => {})
  }
}
