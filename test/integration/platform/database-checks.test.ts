import { expect, test } from 'vitest'
import { assertDatabaseIsFit, databaseDefects } from '#app/platform/database-checks.server.ts'

const fit = [
  { name: 'fsync', setting: 'on' },
  { name: 'full_page_writes', setting: 'on' },
  { name: 'synchronous_commit', setting: 'on' },
  { name: 'data_checksums', setting: 'on' },
  { name: 'TimeZone', setting: 'UTC' },
]

test('the embedded database is fit for money', async () => {
  await expect(assertDatabaseIsFit()).resolves.toBeUndefined()
})

test.each(fit.map(({ name }) => name))('a database with another %s is not', (name) => {
  const changed = fit.map((row) => (row.name === name ? { name, setting: 'off' } : row))
  expect(databaseDefects(changed, false)).toEqual([expect.stringContaining(`${name} is off`)])
})

test('a superuser is not', () => {
  expect(databaseDefects(fit, false)).toEqual([])
  expect(databaseDefects(fit, true)).toEqual([expect.stringContaining('superuser')])
})
