/**
 * Connections to the database that notice when nobody will ever answer. A network that drops what passes says nothing for a quarter
 * of an hour, and for so long a page would wait and its connection would be lost to all others. A connection that has been
 * silent for seconds while it was in use is therefore asked about over another one: is the server still at work for it? If not, or
 * if the server cannot be reached at all, it is ended, and whoever waits hears that the database did not answer.
 */
import { Socket } from 'node:net'
import pg from 'pg'
import { log } from '#app/platform/log.server.ts'

export type Patience = {
  readonly lookEveryMs: number
  /** A connection in use over which nothing passed for so long is asked about. */
  readonly suspectAfterMs: number
  /** How long the server may take to say what it works on. */
  readonly probeLimitMs: number
}

const PATIENCE: Patience = { lookEveryMs: 2_500, suspectAfterMs: 7_500, probeLimitMs: 5_000 }

/** A connection of which it is known how much has passed over it. */
class WatchedClient extends pg.Client {
  readonly socket: Socket

  constructor(config?: pg.ClientConfig) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.socket = socket
  }

  /** The server's process behind it, as the server named it. */
  get backend(): number | null {
    return 'processID' in this && typeof this.processID === 'number' ? this.processID : null
  }

  get bytes(): number {
    return this.socket.bytesRead + this.socket.bytesWritten
  }
}

type Use = { bytes: number; sinceMs: number }

/** A pool whose connections are watched while they are in use. */
export function createWatchedPool(config: pg.PoolConfig, patience: Patience = PATIENCE): pg.Pool {
  const pool = new pg.Pool({ ...config, Client: WatchedClient })
  const inUse = new Map<WatchedClient, Use>()
  pool.on('acquire', (client) => {
    if (client instanceof WatchedClient)
      inUse.set(client, { bytes: client.bytes, sinceMs: performance.now() })
  })
  pool.on('release', (_error, client) => forget(client))
  pool.on('remove', forget)

  function forget(client: pg.ClientBase): void {
    if (client instanceof WatchedClient) inUse.delete(client)
  }

  /** Those over which nothing has passed for so long. */
  function silentOnes(): WatchedClient[] {
    const now = performance.now()
    return [...inUse].flatMap(([client, use]) => {
      const { bytes } = client
      if (bytes !== use.bytes) inUse.set(client, { bytes, sinceMs: now })
      return bytes === use.bytes && now - use.sinceMs >= patience.suspectAfterMs ? [client] : []
    })
  }

  let isLooking = false
  const timer = setInterval(() => {
    const silent = silentOnes()
    if (isLooking || silent.length === 0) return
    isLooking = true
    void endForsaken(silent, config, patience.probeLimitMs).finally(() => {
      isLooking = false
    })
  }, patience.lookEveryMs)
  timer.unref()
  return pool
}

async function endForsaken(
  silent: readonly WatchedClient[],
  config: pg.PoolConfig,
  probeLimitMs: number,
): Promise<void> {
  const before = silent.map(({ bytes }) => bytes)
  const working = await backendsAtWork(config, probeLimitMs)
  const forsaken = silent.filter(
    (client, place) =>
      client.bytes === before[place] && client.backend !== null && !working.has(client.backend),
  )
  if (forsaken.length === 0) return
  log.warn({ connections: forsaken.length }, 'ended database connections that nobody answers on')
  for (const { socket } of forsaken) socket.destroy()
}

/**
 * The server's processes of our role that are at work, and not merely trying to hand an answer over. None when the server does not
 * answer; all when it answers that it takes no connection now, for then it lives.
 */
async function backendsAtWork(
  config: pg.PoolConfig,
  probeLimitMs: number,
): Promise<{ has: (backend: number) => boolean }> {
  const client = new pg.Client({
    ...config,
    application_name: 'quittance-probe',
    connectionTimeoutMillis: probeLimitMs,
    query_timeout: probeLimitMs,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'`,
    )
    return new Set(rows.map(({ pid }) => pid))
  } catch (error) {
    if (error instanceof pg.DatabaseError) return { has: () => true }
    return new Set()
  } finally {
    // Its farewell may find nobody either, and nobody waits for it.
    client.end().catch(() => {})
  }
}
