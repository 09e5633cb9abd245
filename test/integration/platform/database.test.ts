import pg from 'pg'
import { expect, test } from 'vitest'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'
import { applyMigrations } from '#scripts/database/apply-migrations.ts'
import { testDatabase } from '#test/support/database.ts'

test('the app role is neither superuser nor owner of a table', async () => {
  const rows = await db.$queryRaw<{ superuser: boolean; owned: number }[]>`
    SELECT rolsuper AS superuser, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
    FROM pg_roles r WHERE rolname = current_user`
  expect(rows).toEqual([{ superuser: false, owned: 0 }])
})

test('applying the migrations a second time changes nothing', async () => {
  expect(await applyMigrations(testDatabase.ownerUrl)).toEqual([])
})

test('the migration books hold what Prisma expects: finished, one step, sha256 of the file', async () => {
  const client = new pg.Client(testDatabase.ownerUrl)
  await client.connect()
  const { rows } = await client.query(
    `SELECT count(*)::int AS all_of_them,
            count(*) FILTER (WHERE finished_at >= started_at AND applied_steps_count = 1
                               AND checksum ~ '^[0-9a-f]{64}$' AND rolled_back_at IS NULL)::int AS good
     FROM _prisma_migrations`,
  )
  await client.end()
  expect(rows[0].all_of_them).toBeGreaterThan(0)
  expect(rows[0].good).toBe(rows[0].all_of_them)
})

test('now is the time of the database, in whole milliseconds', async () => {
  const now = await readNow()
  expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5_000)
})

test('a job added in a transaction that rolls back is never there', async () => {
  await expect(
    withTransaction(async (tx) => {
      await addJob(tx, 'never', { reason: 'rolled back' })
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  await withTransaction((tx) => addJob(tx, 'kept', { amountMinor: '12345678901234567890' }))
  const jobs = await db.$queryRaw<{ task: string; payload: unknown }[]>`
    SELECT t.identifier AS task, j.payload FROM graphile_worker._private_jobs j
    JOIN graphile_worker._private_tasks t ON t.id = j.task_id`
  expect(jobs).toEqual([{ task: 'kept', payload: { amountMinor: '12345678901234567890' } }])
})

test('two transactions that deadlock both commit in the end', async () => {
  const lock = (first: number, second: number): Promise<number> =>
    withTransaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${first}::bigint)`
      await new Promise((resolve) => setTimeout(resolve, 100))
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${second}::bigint)`
      return first
    })
  expect(await Promise.all([lock(1, 2), lock(2, 1)])).toEqual([1, 2])
})

test('queries that are asked for at once over one transaction are answered each with its own, one after the other', async () => {
  const answers = await withTransaction((tx) =>
    Promise.all(
      [1, 2, 3, 4, 5].map(async (number) => {
        const rows = await tx.$queryRaw<{ number: number; slept: unknown; at: Date }[]>`
          SELECT ${number}::int AS number, pg_sleep(0.02)::text AS slept, clock_timestamp() AS at`
        return rows[0]
      }),
    ),
  )
  expect(answers.map((each) => each?.number)).toEqual([1, 2, 3, 4, 5])
  const times = answers.map((each) => each?.at.getTime() ?? 0)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

test('one of them that fails does not hold up the others, nor the connection after them', async () => {
  const statuses = await db.$transaction(async (tx) => {
    const outcomes = await Promise.allSettled([
      tx.$queryRaw`SELECT 1 AS one`,
      tx.$queryRaw`SELECT 1 / 0 AS none`,
      tx.$queryRaw`SELECT 2 AS two`,
    ])
    return outcomes.map(({ status }) => status)
  })
  expect(statuses.slice(0, 2)).toEqual(['fulfilled', 'rejected'])
  expect(await db.$queryRaw`SELECT 3 AS three`).toEqual([{ three: 3 }])
})
