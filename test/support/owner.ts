import pg from 'pg'
import { testDatabase } from '#test/support/database.ts'

/** Runs one statement as the owner of the tables: what the app itself may not do, such as letting hours pass for a row. */
export async function asOwner(sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client(testDatabase.ownerUrl)
  await client.connect()
  try {
    await client.query(sql, [...values])
  } finally {
    await client.end()
  }
}
