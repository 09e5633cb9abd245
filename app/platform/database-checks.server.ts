import pg from 'pg'
import { env } from '#app/platform/env.server.ts'

/** What a database must promise before money is booked in it; setting and the values that are good. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'remote_apply'],
  data_checksums: ['on'],
  TimeZone: ['UTC', 'Etc/UTC'],
}

type Facts = { name: string; setting: string }[]

/** The promises that a database does not keep, as sentences; empty when it is fit. */
export function databaseDefects(settings: Facts, isSuperuser: boolean): string[] {
  const defects = Object.entries(REQUIRED).flatMap(([name, good]) => {
    const setting = settings.find((row) => row.name === name)?.setting
    return setting !== undefined && good.includes(setting)
      ? []
      : [`${name} is ${setting ?? 'unknown'}, but must be ${good.join(' or ')}`]
  })
  return isSuperuser
    ? [...defects, 'the role of DATABASE_URL is a superuser, which no rule of the books binds']
    : defects
}

/** Refuses to go on with a database that could lose acknowledged money or ignores our rules. Throws with all reasons. */
export async function assertDatabaseIsFit(): Promise<void> {
  const client = new pg.Client({
    connectionString: env.database.url,
    options: '-c timezone=UTC',
    connectionTimeoutMillis: 10_000,
  })
  await client.connect()
  try {
    const settings = await client.query<Facts[number]>(
      'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
      [Object.keys(REQUIRED)],
    )
    const role = await client.query<{ is_superuser: boolean }>(
      'SELECT rolsuper AS is_superuser FROM pg_roles WHERE rolname = current_user',
    )
    const defects = databaseDefects(settings.rows, role.rows[0]?.is_superuser ?? true)
    if (defects.length > 0) throw new Error(`The database is not fit for money:\n  ${defects.join('\n  ')}`)
  } finally {
    await client.end()
  }
}
