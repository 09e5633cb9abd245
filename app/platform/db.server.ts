import { PrismaPg } from '@prisma/adapter-pg'
import { env } from '#app/platform/env.server.ts'
import { type Prisma, PrismaClient } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'
import { takeOneAtATime } from '#app/platform/one-query-at-a-time.server.ts'
import { createWatchedPool } from '#app/platform/watched-pool.server.ts'
import { retryConflicts } from '#app/platform/write-conflict.ts'

function createClient(): PrismaClient {
  const pool = createWatchedPool({
    connectionString: env.database.url,
    max: env.database.poolSize,
    application_name: 'quittance',
    options: '-c timezone=UTC',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
  })
  // A connection that is handed from one waiting query to the next has no listener for a moment, and a loss that arrives
  // in that moment would end the process. Whoever uses the connection hears of the loss all the same.
  pool.on('connect', (connection) => {
    connection.on('error', () => {})
    takeOneAtATime(connection)
  })
  const adapter = new PrismaPg(pool, {
    onPoolError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    onConnectionError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    disposeExternalPool: true,
  })
  return new PrismaClient({ adapter, errorFormat: 'minimal' })
}

/** The database, as the app role. Connects at the first query and reconnects by itself after a loss. */
export const db: PrismaClient = createClient()

/** A client bound to one open transaction; queries that may run inside or outside of one accept it. */
export type Tx = Prisma.TransactionClient

export type TransactionOptions = {
  /** Default: PostgreSQL's own, read committed. */
  isolationLevel?: Prisma.TransactionIsolationLevel
  /** How long the whole transaction may take. Default 15 s. */
  timeoutMs?: number
}

/**
 * Runs `work` in one transaction and commits it when `work` returns. A serialization failure or deadlock
 * rolls back and runs `work` again, up to ten times with jittered waits, so `work` must do nothing but
 * database work: no call to the outside, no state of its own.
 */
export async function withTransaction<T>(
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return retryConflicts(() =>
    db.$transaction(work, {
      maxWait: 5_000,
      timeout: options.timeoutMs ?? 15_000,
      ...(options.isolationLevel === undefined ? {} : { isolationLevel: options.isolationLevel }),
    }),
  )
}

/**
 * Runs one statement, such as a call of a posting function, again while it loses against concurrent
 * writers. The statement is its own transaction.
 */
export async function withRetry<T>(statement: () => Promise<T>): Promise<T> {
  return retryConflicts(statement)
}
