/** npm run migrate: brings the configured database to the newest schema, as the owner role. */
import pg from 'pg'
import { env } from '#app/platform/env.server.ts'
import { applyMigrations } from '#scripts/database/apply-migrations.ts'
import { APP_ROLE } from '#scripts/database/cluster.ts'

/** The product's grants name one role; without it a second role would see nothing. */
async function requireAppRole(): Promise<void> {
  if (new URL(env.database.url).username === new URL(env.database.ownerUrl).username) return
  const client = new pg.Client({ connectionString: env.database.ownerUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [APP_ROLE])
    if (rowCount === 0)
      throw new Error(
        `DATABASE_URL and DATABASE_OWNER_URL name different roles, but there is no role ${APP_ROLE}.\n` +
          `Create it as an administrator, and let DATABASE_URL sign in as it:\n` +
          `  CREATE ROLE ${APP_ROLE} LOGIN NOSUPERUSER PASSWORD '…';`,
      )
  } finally {
    await client.end()
  }
}

try {
  await requireAppRole()
  const applied = await applyMigrations(env.database.ownerUrl)
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
