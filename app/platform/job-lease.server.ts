/**
 * Frees the jobs of workers that were killed. The queue itself would leave them locked for four hours.
 * Each pool of workers, in whose name jobs are held, has an advisory lock named after it on a connection of its own; PostgreSQL drops the lock
 * when that process is gone, and any other worker then sees jobs held by a pool without a lock.
 */
import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import { log } from '#app/platform/log.server.ts'

/** First key of the advisory locks that say "this worker lives"; the second is the hash of its pool's name. */
export const WORKER_LOCK_CLASS = 0x51_57

const SWEEP_EVERY_MS = 5_000
const RENEW_AFTER_MS = 250
/** A pool takes its lock just after its birth, so a younger hold is left alone. */
const YOUNGEST_HOLD_SECONDS = 5

const FREE_JOBS_OF_THE_DEAD = `
  WITH held AS (
    SELECT locked_by FROM graphile_worker._private_jobs WHERE locked_at < now() - make_interval(secs => $2)
    UNION
    SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_at < now() - make_interval(secs => $2)
  ), dead AS (
    SELECT locked_by FROM held
    WHERE locked_by IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = $1::int::oid AND objid::bigint = (hashtext(locked_by)::bigint & 4294967295))
  )
  SELECT graphile_worker.force_unlock_workers(array_agg(locked_by)), count(*)::int AS freed
  FROM dead HAVING count(*) > 0`

export type JobLease = {
  /** Hand this to the runner: it tells us which pools are born and gone. */
  events: WorkerEvents
  stop: () => Promise<void>
}

/** Starts holding the locks of this process's pools and sweeping for the jobs of dead ones. */
export async function startJobLease(pool: pg.Pool): Promise<JobLease> {
  const events: WorkerEvents = new EventEmitter()
  const pools = new Set<string>()
  let holder: pg.PoolClient | undefined
  let renewal: NodeJS.Timeout | undefined
  let isStopped = false
  let last: Promise<void> = Promise.resolve()

  const take = (client: pg.PoolClient, name: string): Promise<unknown> =>
    client.query('SELECT pg_advisory_lock_shared($1, hashtext($2))', [WORKER_LOCK_CLASS, name])

  const connect = async (): Promise<pg.PoolClient> => {
    if (holder !== undefined) return holder
    const client = await pool.connect()
    client.on('error', () => drop(client))
    holder = client
    for (const name of pools) await take(client, name)
    return client
  }
  const drop = (client: pg.PoolClient): void => {
    if (holder !== client) return
    holder = undefined
    client.release(true)
    renewSoon()
  }
  const renewSoon = (): void => {
    if (isStopped || renewal !== undefined) return
    renewal = setTimeout(() => {
      renewal = undefined
      sweep()
    }, RENEW_AFTER_MS)
  }
  /** One statement at a time on the holder; a lost connection is replaced at the next sweep. */
  const enqueue = (work: (client: pg.PoolClient) => Promise<unknown>): void => {
    last = last.then(async () => {
      if (isStopped) return
      try {
        await work(await connect())
      } catch (error) {
        log.warn({ err: error }, 'the lease of the job workers will be renewed')
        if (holder === undefined) renewSoon()
        else drop(holder)
      }
    })
  }
  const sweep = (): void =>
    enqueue(async (client) => {
      const { rows } = await client.query(FREE_JOBS_OF_THE_DEAD, [WORKER_LOCK_CLASS, YOUNGEST_HOLD_SECONDS])
      if (rows.length > 0) log.warn({ workers: rows[0].freed }, 'freed the jobs of workers that are gone')
    })

  events.on('pool:create', ({ workerPool }) => {
    pools.add(workerPool.id)
    enqueue((client) => take(client, workerPool.id))
  })
  events.on('pool:release', ({ workerPool }) => pools.delete(workerPool.id))
  sweep()
  const timer = setInterval(sweep, SWEEP_EVERY_MS)
  await last

  return {
    events,
    stop: async () => {
      clearInterval(timer)
      clearTimeout(renewal)
      isStopped = true
      await last
      if (holder !== undefined) drop(holder)
    },
  }
}
