import pg from 'pg'
import { expect, test } from 'vitest'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { testDatabase } from '#test/support/database.ts'

const ROUNDS = 60

test('connections that are cut while queries wait for one fail those queries, never the process', async () => {
  const superuser = new pg.Client(testDatabase.superuserUrl)
  await superuser.connect()
  let isOver = false
  const outcomes = { answered: 0, failed: 0 }
  const work = Array.from({ length: 60 }, async () => {
    while (!isOver)
      await withTransaction((tx) => tx.$queryRaw`SELECT 1`).then(
        () => {
          outcomes.answered += 1
        },
        () => {
          outcomes.failed += 1
        },
      )
  })
  for (let round = 0; round < ROUNDS; round += 1) {
    await superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'quittance'`,
    )
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  isOver = true
  await Promise.all(work)
  await superuser.end()
  expect(outcomes.failed).toBeGreaterThan(0)
  expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
})
