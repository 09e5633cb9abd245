import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { checkHealth } from '#app/platform/health.server.ts'
import { addJob, type RunningJobs, runJobs } from '#app/platform/jobs.server.ts'
import { asOwner } from '#test/support/owner.ts'

let running: RunningJobs | undefined
let other: ChildProcess | undefined

afterEach(async () => {
  other?.kill('SIGKILL')
  await running?.stop()
  running = undefined
})

async function until(isTrue: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  for (const deadline = performance.now() + limitMs; !(await isTrue()); await sleep(50))
    if (performance.now() > deadline) throw new Error('it did not come to pass')
}

const add = (name: string, options = {}): Promise<void> =>
  withTransaction((tx) => addJob(tx, name, { name }, options))

test('a job runs after its commit, with its payload', async () => {
  const seen: unknown[] = []
  running = await runJobs({ greet: async (payload) => void seen.push(payload) })
  await add('greet')
  await until(() => seen.length === 1)
  expect(seen).toEqual([{ name: 'greet' }])
})

test('a key makes two waiting jobs one', async () => {
  await add('keyed', { key: 'k' })
  await add('keyed', { key: 'k' })
  let runs = 0
  running = await runJobs({
    keyed: async () => {
      runs += 1
    },
  })
  await until(() => runs > 0)
  await sleep(200)
  expect(runs).toBe(1)
})

test('a job that throws does not hold up the others, and stays with its error', async () => {
  let done = 0
  running = await runJobs({
    poison: async () => {
      throw new Error('bad luck')
    },
    fine: async () => {
      done += 1
    },
  })
  await add('poison', { maxAttempts: 1 })
  await add('fine')
  await until(() => done === 1)
  const failed = (): Promise<{ last_error: string }[]> => db.$queryRaw`
    SELECT last_error FROM graphile_worker._private_jobs WHERE attempts >= max_attempts AND last_error IS NOT NULL`
  await until(async () => (await failed()).length === 1)
  expect((await failed())[0]?.last_error).toContain('bad luck')
})

test('a stop waits for the running job', async () => {
  let isDone = false
  let isBegun = false
  running = await runJobs({
    slow: async () => {
      isBegun = true
      await sleep(500)
      isDone = true
    },
  })
  await add('slow')
  await until(() => isBegun)
  await running.stop()
  running = undefined
  expect(isDone).toBe(true)
})

test('a long job of a living worker is left alone', async () => {
  let runs = 0
  const long = async (): Promise<void> => {
    runs += 1
    await sleep(11_000)
  }
  running = await runJobs({ long })
  const second = await runJobs({ long })
  await add('long')
  await sleep(11_500)
  await second.stop()
  expect(runs).toBe(1)
})

test('the job of a killed worker is run by another, and health sees workers live and die', async () => {
  await add('stuck')
  const script = `
    const { runJobs } = await import('#app/platform/jobs.server.ts')
    await runJobs({ stuck: () => new Promise(() => console.log('begun')) })`
  other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  other.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  await until(() => output.includes('begun'))
  expect((await checkHealth()).worker).toBe('ok')

  other.kill('SIGKILL')
  await until(async () => (await checkHealth()).worker === 'down')
  let runs = 0
  running = await runJobs({
    stuck: async () => {
      runs += 1
    },
  })
  await until(() => runs === 1)
})

test('a queue that cannot note down what was done says so within seconds, instead of resting for ever', async () => {
  const JOBS = 4
  const renamed = 'ALTER TABLE graphile_worker._private_jobs RENAME TO jobs_out_of_reach'
  let begun = 0
  let isAway: Promise<void> | undefined
  running = await runJobs({
    unnoted: async () => {
      begun += 1
      const place = begun
      await until(() => begun === JOBS)
      isAway ??= asOwner(renamed)
      await isAway
      // One after another, so that each is noted down, in vain, by a statement of its own.
      await sleep(place * 50)
    },
  })
  for (let n = 0; n < JOBS; n += 1) await add('unnoted')
  try {
    const ended = running.finished.then(
      () => 'ended',
      (error: unknown) => String(error),
    )
    expect(await Promise.race([ended, sleep(10_000, 'still resting')])).toContain('the job queue')
  } finally {
    await asOwner('ALTER TABLE graphile_worker.jobs_out_of_reach RENAME TO _private_jobs')
  }
})
