import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { giveToPostgres, runInitdb } from '#scripts/database/postgres-binaries.ts'
import { commandLineOf, endProcess, identify, startTimeOf } from '#scripts/supervisor/process-identity.ts'

export const OWNER_ROLE = 'quittance_owner'
export const APP_ROLE = 'quittance_app'

/** The passwords of an embedded cluster. They never leave its data folder. */
export type ClusterPasswords = { superuser: string; owner: string; app: string }

const SETTINGS = `
# Quittance
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = 2000
`

/** Passwords that nobody needs to know. */
export function inventPasswords(): ClusterPasswords {
  const invent = (): string => randomBytes(24).toString('hex')
  return { superuser: invent(), owner: invent(), app: invent() }
}

/**
 * Makes an empty cluster in `folder` unless there is one: checksums on, UTF-8, passwords by SCRAM. It is built
 * beside and moved into place, so that a half-made one is never taken for whole.
 */
export function initCluster(folder: string, passwords: ClusterPasswords): void {
  if (existsSync(join(folder, 'PG_VERSION'))) return
  const draft = `${folder}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  giveToPostgres(draft)
  const passwordFile = join(tmpdir(), `quittance-${randomBytes(8).toString('hex')}`)
  writeFileSync(passwordFile, passwords.superuser, { mode: 0o600 })
  giveToPostgres(passwordFile)
  try {
    runInitdb([
      `--pgdata=${draft}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-sync',
    ])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  appendFileSync(join(draft, 'postgresql.conf'), SETTINGS)
  renameSync(draft, folder)
}

/** A connection string for a database of the cluster on this machine. */
export function clusterUrl(port: number, role: string, password: string, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`
}

/** True when the superuser can sign in. */
export async function answers(port: number, passwords: ClusterPasswords): Promise<boolean> {
  const client = new pg.Client({
    connectionString: clusterUrl(port, 'postgres', passwords.superuser, 'postgres'),
    connectionTimeoutMillis: 1_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Makes the roles and the database: the owner role owns the tables, the app role is what the product runs as.
 * Neither is a superuser. Safe to repeat.
 */
export async function prepareDatabase(
  port: number,
  passwords: ClusterPasswords,
  database: string,
): Promise<void> {
  const client = new pg.Client({
    connectionString: clusterUrl(port, 'postgres', passwords.superuser, 'postgres'),
  })
  await client.connect()
  try {
    for (const [role, password] of [
      [OWNER_ROLE, passwords.owner],
      [APP_ROLE, passwords.app],
    ] as const) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER'
      await client.query(
        `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(password)}`,
      )
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
    if (rowCount === 0)
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${OWNER_ROLE}`)
  } finally {
    await client.end()
  }
}

/** Stops a server that an earlier, killed run left on this folder. Does nothing when there is none. */
export async function stopLeftover(folder: string): Promise<boolean> {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return false
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1 || startTimeOf(pid) === undefined) return false
  if (!commandLineOf(pid).includes(folder)) return false
  await endProcess(identify(pid), 'SIGINT', 20_000)
  return true
}
