/** npm run worker: runs jobs and the long loops. Any number of them can run side by side. */
import { setTimeout as sleep } from 'node:timers/promises'
import { assertDatabaseIsFit } from '#app/platform/database-checks.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { addJob, runJobs } from '#app/platform/jobs.server.ts'
import { log } from '#app/platform/log.server.ts'
import { endWithParent } from '#scripts/process-end.ts'
import { bootJobs, crontab, jobHandlers, type Loop, loops } from '#scripts/worker-tasks.ts'

const LONGEST_WAIT_MS = 5_000

/** Keeps one loop going: a fault is logged and the loop begins anew, with growing waits. */
async function keepLooping(loop: Loop, signal: AbortSignal): Promise<void> {
  for (let waitMs = 200; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const since = performance.now()
    try {
      await loop.run(signal)
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, loop: loop.name }, 'a loop failed and begins anew')
    }
    if (performance.now() - since > 60_000) waitMs = 200
    await sleep(waitMs, undefined, { signal }).catch(() => {})
  }
}

async function main(): Promise<void> {
  await assertDatabaseIsFit()
  const stopping = new AbortController()
  const jobs = await runJobs(jobHandlers, { crontab })
  await withTransaction(async (tx) => {
    for (const name of bootJobs) await addJob(tx, name, {}, { key: name, maxAttempts: 1 })
  })
  const running = loops.map((loop) => keepLooping(loop, stopping.signal))
  log.info({ jobs: Object.keys(jobHandlers), loops: loops.map(({ name }) => name) }, 'worker is running')

  endWithParent(async () => {
    stopping.abort()
    await Promise.all([jobs.stop(), ...running])
    log.info('worker has stopped')
  })
  await jobs.finished
  if (!stopping.signal.aborted) throw new Error('the job queue ended')
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'worker cannot go on')
  process.exit(1)
})
