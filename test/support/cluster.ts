import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { applyMigrations } from '#scripts/database/apply-migrations.ts'
import {
  APP_ROLE,
  type ClusterPasswords,
  clusterUrl,
  initCluster,
  inventPasswords,
  OWNER_ROLE,
  prepareDatabase,
} from '#scripts/database/cluster.ts'
import { startPostgres } from '#scripts/database/server.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'

/** What a test process needs to reach the cluster of this test run; plain data. */
export type TestCluster = { port: number; passwords: ClusterPasswords }

const TEMPLATE = 'quittance_template'

/** A PostgreSQL of its own in a temporary folder, with a migrated template; `stop` removes all of it. */
export async function startTestCluster(): Promise<TestCluster & { stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance test '))
  const passwords = inventPasswords()
  initCluster(join(folder, 'pg'), passwords)
  const port = await choosePort()
  const server = await startPostgres(join(folder, 'pg'), { port, passwords, logFile: join(folder, 'pg.log') })
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await prepareDatabase(port, passwords, TEMPLATE)
    await applyMigrations(clusterUrl(port, OWNER_ROLE, passwords.owner, TEMPLATE))
    return { port, passwords, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export type TestDatabase = {
  name: string
  /** As the app role: what the product may do. */
  url: string
  /** As the owner of the tables: for set-up that the app may not do. */
  ownerUrl: string
  /** As superuser: for breaches made with triggers off. */
  superuserUrl: string
  drop: () => Promise<void>
}

let created = 0

/** A fresh copy of the migrated, empty database. */
export async function createTestDatabase(cluster: TestCluster): Promise<TestDatabase> {
  created += 1
  const name = `quittance_${process.pid}_${Date.now().toString(36)}_${created}`
  await administer(cluster, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER ${OWNER_ROLE}`)
  // Rights on a database are not copied with it.
  await administer(cluster, `REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`)
  const { port, passwords } = cluster
  return {
    name,
    url: clusterUrl(port, APP_ROLE, passwords.app, name),
    ownerUrl: clusterUrl(port, OWNER_ROLE, passwords.owner, name),
    superuserUrl: clusterUrl(port, 'postgres', passwords.superuser, name),
    drop: () => administer(cluster, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function administer(cluster: TestCluster, sql: string): Promise<void> {
  const client = new pg.Client(clusterUrl(cluster.port, 'postgres', cluster.passwords.superuser, 'postgres'))
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
