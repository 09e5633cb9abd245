import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, parseCrontab, type Runner, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Tx } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { type JobLease, startJobLease } from '#app/platform/job-lease.server.ts'
import { log } from '#app/platform/log.server.ts'

/** Does one job. It may run again after a crash, so it must be safe to repeat; `signal` aborts when the worker stops. */
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>

export type JobHandlers = Readonly<Record<string, JobHandler>>

export type JobOptions = {
  /** A job with the same key that has not started yet is replaced: at most one waits. */
  key?: string
  /** Jobs of one queue run one after another. */
  queue?: string
  /** Not before so long from now, by the database's own clock. Default: as soon as the transaction commits. */
  afterMs?: number
  /** After so many failures the job stays in the list, failed for good. Default 25. */
  maxAttempts?: number
}

/**
 * Adds a job inside the transaction that needs it: it starts when that transaction commits, and never if it
 * does not. The payload is JSON: amounts as decimal strings.
 */
export async function addJob(
  tx: Tx,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  options: JobOptions = {},
): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(
      ${name}::text,
      ${JSON.stringify(payload)}::json,
      queue_name => ${options.queue ?? null}::text,
      run_at => clock_timestamp() + make_interval(secs => ${options.afterMs ?? null}::float8 / 1000),
      max_attempts => ${options.maxAttempts ?? null}::int,
      job_key => ${options.key ?? null}::text
    )`
}

export type RunningJobs = {
  /** Takes no new job, lets running ones finish for 5 s, then aborts their signal, and closes the connections. */
  stop: () => Promise<void>
  /** Settles when the runner has ended; rejects when it ended by a fault. */
  finished: Promise<void>
}

/** Running jobs get so long when the queue stops, before their signal aborts. */
const GRACE_MS = 5_000
/** After that a stop goes on without the queue's answer. */
const LONGEST_STOP_MS = 8_000

const workerLogger = new Logger((scope) => (level, message, meta) => {
  const fields = { worker: scope.workerId, task: scope.taskIdentifier, job: scope.jobId, err: meta?.error }
  if (level === 'error') log.error(fields, message)
  else if (level === 'warning') log.warn(fields, message)
  else log.debug(fields, message)
})

/**
 * Runs jobs until stopped. `crontab` holds lines in cron's five fields plus a job name, in UTC. Jobs that a
 * killed worker held are freed for others within seconds (see job-lease).
 */
export async function runJobs(
  handlers: JobHandlers,
  options: { concurrency?: number; crontab?: string } = {},
): Promise<RunningJobs> {
  const concurrency = options.concurrency ?? 4
  const pool = new pg.Pool({
    connectionString: env.database.url,
    max: concurrency + 4,
    application_name: 'quittance-jobs',
    options: '-c timezone=UTC',
    connectionTimeoutMillis: 5_000,
    // Some of them rest for long: a host that is gone is noticed by the system's own questions.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  const noteLoss = (error: Error): void => log.warn({ err: error }, 'a connection of the job queue was lost')
  pool.on('error', noteLoss)
  pool.on('connect', (client) => client.on('error', noteLoss))

  const lease = await startJobLease(pool)
  const loss = lossOf(lease)
  // Whoever waits for the end hears of it; while the runner starts, nobody waits yet.
  loss.catch(() => {})
  try {
    const runner = await run({
      pgPool: pool,
      taskList: asTaskList(handlers),
      concurrency,
      pollInterval: 1_000,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: GRACE_MS,
      // In batches the queue waits for its last answers when it stops, and survives a lost connection.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: workerLogger,
      events: lease.events,
      parsedCronItems: parseCrontab(options.crontab ?? ''),
    })
    return controlsOf(runner, lease, pool, loss)
  } catch (error) {
    await lease.stop()
    await pool.end()
    throw error
  }
}

function asTaskList(handlers: JobHandlers): TaskList {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (payload, helpers) => handler(payload, helpers.abortSignal),
    ]),
  ) satisfies TaskList
}

/**
 * Rejects when the queue could not note down what became of a job: then it takes no more jobs. With two such answers at once its
 * own end is never told (its batches count what is pending twice), so that the process would rest for ever and look alive.
 */
function lossOf(lease: JobLease): Promise<never> {
  return new Promise((_, reject) => {
    lease.events.on('pool:fatalError', ({ error, action }) =>
      reject(new Error(`the job queue takes no more jobs: ${action} failed`, { cause: error })),
    )
  })
}

function controlsOf(runner: Runner, lease: JobLease, pool: pg.Pool, loss: Promise<never>): RunningJobs {
  let stopping: Promise<void> | undefined
  const release = async (): Promise<void> => {
    await Promise.race([runner.stop(), loss]).catch(() => {})
    await lease.stop()
    await pool.end()
  }
  const stop = (): Promise<void> => {
    stopping ??= Promise.race([release(), sleep<void>(LONGEST_STOP_MS, undefined, { ref: false })])
    return stopping
  }
  const end = async (): Promise<void> => {
    try {
      await Promise.race([runner.promise, loss])
    } finally {
      await stop()
    }
  }
  return { stop, finished: end() }
}
