import { inject } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/support/cluster.ts'

/** The database of this test file: a fresh, migrated, empty one, to which `db` of the app is connected as well. */
export const testDatabase: TestDatabase = await createTestDatabase(inject('cluster'))

/** One more fresh database, for a test that needs two; drop it when done. */
export function createDatabase(): Promise<TestDatabase> {
  return createTestDatabase(inject('cluster'))
}
