import { testDatabase } from '#test/support/database.ts'
import { sqlOn } from '#test/support/sql.ts'

/** Runs one statement as the owner of the tables: what the app itself may not do, such as letting hours pass for a row. */
export async function asOwner(sql: string, values: readonly unknown[] = []): Promise<void> {
  await sqlOn(testDatabase.ownerUrl)(sql, values)
}
