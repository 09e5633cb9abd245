/** Runs before each integration test file: gives it a database of its own and the settings that the app reads. */
import { afterAll, expect } from 'vitest'
import { testDatabase } from '#test/support/database.ts'

Object.assign(process.env, {
  NODE_ENV: 'test',
  MODE: 'demo',
  APP_ORIGIN: 'http://localhost:3000',
  DATABASE_URL: testDatabase.url,
  DATABASE_OWNER_URL: testDatabase.ownerUrl,
  AUTH_SECRET: 'a secret that only the integration tests use',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
})

/** pg says this once in a process, and its next version refuses what it is said of. */
const QUERIES_AT_ONCE = 'already executing a query'
const said: string[] = []
process.on('warning', ({ message }) => {
  if (message.includes(QUERIES_AT_ONCE)) said.push(message)
})

afterAll(async () => {
  const { db } = await import('#app/platform/db.server.ts')
  await db.$disconnect()
  await testDatabase.drop()
  expect(said, 'a connection was given a query while it worked on another').toEqual([])
})
