/**
 * Applies prisma/migrations in order and keeps the same books as `prisma migrate deploy` (table
 * `_prisma_migrations`, checksum of the file, the same advisory lock), so that either tool can follow the other.
 * Each migration and its entry are one transaction: a failed one leaves nothing behind.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runMigrations as installJobQueue } from 'graphile-worker'
import pg from 'pg'
import { APP_ROLE } from '#scripts/database/cluster.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
/** The lock that Prisma's own migration engine takes. */
const MIGRATION_LOCK = 72_707_369

const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

type Applied = { migration_name: string; checksum: string; finished_at: Date | null }

/**
 * Brings the database to the newest schema, the job queue included, and returns the names of the migrations that
 * it applied. `ownerUrl` is the role that owns the tables. Throws when an applied migration was changed afterwards.
 */
export async function applyMigrations(ownerUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, options: '-c timezone=UTC' })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await installJobQueue({ connectionString: ownerUrl })
    await openJobQueueToApp(client)
    await client.query(BOOKKEEPING)
    return await applyPending(client)
  } finally {
    await client.end()
  }
}

async function applyPending(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<Applied>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const applied = new Map(rows.map((row) => [row.migration_name, row]))
  const fresh: string[] = []
  for (const { name, sql, checksum } of await listMigrations()) {
    const earlier = applied.get(name)
    if (earlier === undefined) {
      await applyOne(client, name, sql, checksum)
      fresh.push(name)
    } else if (earlier.finished_at === null) {
      throw new Error(`migration ${name} was started by another tool and never finished`)
    } else if (earlier.checksum !== checksum) {
      throw new Error(`migration ${name} was changed after it had been applied to this database`)
    }
  }
  return fresh
}

async function listMigrations(): Promise<{ name: string; sql: string; checksum: string }[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(`${MIGRATIONS}/${name}/migration.sql`)
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
    }),
  )
}

async function applyOne(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`migration ${name} failed: ${describe(error, sql)}`, { cause: error })
  }
}

function describe(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return String(error)
  const line =
    error.position === undefined ? '' : ` (line ${sql.slice(0, Number(error.position)).split('\n').length})`
  return `${error.message}${line}${error.detail === undefined ? '' : `; ${error.detail}`}`
}

/** The job queue's tables have row security on, without policies: an app role that is not their owner needs one each. */
async function openJobQueueToApp(client: pg.Client): Promise<void> {
  await client.query(`
    DO $$
    DECLARE v_table text;
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN RETURN; END IF;
      GRANT USAGE ON SCHEMA graphile_worker TO ${APP_ROLE};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO ${APP_ROLE};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA graphile_worker TO ${APP_ROLE};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO ${APP_ROLE};
      FOR v_table IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'app')
      LOOP
        EXECUTE format('CREATE POLICY app ON graphile_worker.%I TO ${APP_ROLE} USING (true) WITH CHECK (true)', v_table);
      END LOOP;
    END $$`)
}
