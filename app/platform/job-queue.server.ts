/**
 * What waits in the job queue, for whoever looks after it. Jobs run by the database's own time, never by the offset of the
 * demo, so that time is compared here with itself.
 */

import { db, type Tx } from '#app/platform/db.server.ts'
import { WORKER_LOCK_CLASS } from '#app/platform/job-lease.server.ts'
import type { TaskLoad, TroubledJob, WorkerLife } from '#app/platform/job-load.ts'

const MOST_JOBS = 100

/** How many jobs of each name wait, run and fail. */
export async function listTaskLoads(): Promise<TaskLoad[]> {
  return db.$queryRaw<TaskLoad[]>`
    SELECT task_identifier AS task,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts = 0 AND run_at <= clock_timestamp())::int AS waiting,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts = 0 AND run_at > clock_timestamp())::int AS later,
           count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts > 0 AND attempts < max_attempts)::int AS failing,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::int AS failed,
           floor(extract(epoch FROM clock_timestamp() - min(run_at) FILTER (
             WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= clock_timestamp())))::int AS "lagSeconds"
      FROM graphile_worker.jobs GROUP BY task_identifier ORDER BY task_identifier`
}

/** Jobs that failed at least once, those that failed for good first; at most 100. */
export async function listTroubledJobs(): Promise<TroubledJob[]> {
  return db.$queryRaw<TroubledJob[]>`
    SELECT id::text AS id, task_identifier AS task, key, attempts::int AS attempts, max_attempts::int AS "maxAttempts",
           run_at AS "nextRunAt", last_error AS "lastError", locked_at IS NOT NULL AS "isRunning",
           attempts >= max_attempts AND locked_at IS NULL AS "isFailed"
      FROM graphile_worker.jobs WHERE attempts > 0 AND last_error IS NOT NULL
     ORDER BY attempts >= max_attempts DESC, run_at, id LIMIT ${MOST_JOBS}`
}

/** Lets a job that failed run now, with all its tries before it. Answers its name, null when no such job waits. */
export async function tryJobAgain(jobId: string, client: Tx = db): Promise<string | null> {
  if (!/^\d{1,18}$/.test(jobId)) return null
  const rows = await client.$queryRaw<{ task: string }[]>`
    SELECT j.task_identifier AS task
      FROM graphile_worker.reschedule_jobs(ARRAY[${jobId}::bigint], run_at => clock_timestamp(), attempts => 0) AS moved
      JOIN graphile_worker.jobs j ON j.id = moved.id`
  return rows[0]?.task ?? null
}

/** How many workers live: each holds an advisory lock as long as it does. */
export async function readWorkerLife(): Promise<WorkerLife> {
  const locks = await db.$queryRaw<{ living: number }[]>`
    SELECT count(DISTINCT pid)::int AS living FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND classid = ${WORKER_LOCK_CLASS}::int::oid
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  return { living: locks[0]?.living ?? 0 }
}
