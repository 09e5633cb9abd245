import pg from 'pg'
import { expect, test } from 'vitest'
import { schemaSql } from '#scripts/schema-sql.ts'
import { createDatabase, testDatabase } from '#test/support/database.ts'

/** Columns, indexes and foreign keys of the tables that the schema names. */
const CATALOGUE = `
  SELECT 'column ' || table_name || '.' || column_name AS name,
         concat_ws(' ', data_type, udt_name, character_maximum_length, numeric_precision, numeric_scale, datetime_precision, is_nullable, column_default) AS form
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL SELECT 'foreign key ' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
  ORDER BY 1`

async function catalogue(url: string): Promise<Record<string, string>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; form: string }>(CATALOGUE)
    return Object.fromEntries(rows.map((row) => [row.name, row.form]))
  } finally {
    await client.end()
  }
}

test('the migrations make exactly the tables of the Prisma schema', { timeout: 60_000 }, async () => {
  const fresh = await createDatabase()
  try {
    const owner = new pg.Client(fresh.ownerUrl)
    await owner.connect()
    await owner.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    await owner.query(await schemaSql(fresh.ownerUrl))
    await owner.end()
    expect(await catalogue(testDatabase.ownerUrl)).toEqual(await catalogue(fresh.ownerUrl))
  } finally {
    await fresh.drop()
  }
})
