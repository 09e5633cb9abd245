/** Runs before each integration test file: gives it a database of its own and the settings that the app reads. */
import { afterAll } from 'vitest'
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

afterAll(async () => {
  const { db } = await import('#app/platform/db.server.ts')
  await db.$disconnect()
  await testDatabase.drop()
})
