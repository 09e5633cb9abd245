import { setTimeout as sleep } from 'node:timers/promises'
import { clusterUrl, initCluster, prepareDatabase } from '#scripts/database/cluster.ts'
import { startPostgres } from '#scripts/database/server.ts'
import {
  type DataFolder,
  openDataFolder,
  readJson,
  releaseLock,
  takeLock,
  writeWhole,
} from '#scripts/supervisor/data-folder.ts'
import {
  DATABASE_NAME,
  databaseOnlyEnvironment,
  type EmbeddedPorts,
  type Environment,
} from '#scripts/supervisor/environment.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'
import { isAlive, type ProcessIdentity } from '#scripts/supervisor/process-identity.ts'
import { demoSecrets } from '#scripts/supervisor/secrets.ts'

/** What a running product tells other programs of this machine; in DATA_DIR/running.json. */
export type RunningProduct = {
  supervisor: ProcessIdentity
  startedAt: string
  /** Addresses by name, as they are printed at the start. */
  addresses: Readonly<Record<string, string>>
  /** Process ids of the services that run at this moment. */
  pids: Readonly<Record<string, number>>
  /** The settings of the web and worker processes. */
  environment: Environment
}

/** The product that runs on this data folder, or undefined. */
export function findRunning(folder: DataFolder): RunningProduct | undefined {
  const product = readJson<RunningProduct>(folder.path('running.json'))
  return product !== undefined && isAlive(product.supervisor) ? product : undefined
}

/** Publishes the running product for findRunning. */
export function announce(folder: DataFolder, product: RunningProduct): void {
  writeWhole(folder.path('running.json'), JSON.stringify(product, null, 2))
}

/** Settings that differ between the product's processes and a command that a person runs. */
const NOT_FOR_TOOLS = new Set(['LOG_LEVEL', 'NODE_ENV'])

/**
 * Runs a command-line tool with the settings of the product of DATA_DIR in process.env: those of the running
 * product, else its database alone, started for the tool and stopped after it. With DATABASE_URL set, nothing is
 * looked for. Load modules that read the settings inside of `tool`, by `await import`.
 */
export async function withProduct<T>(tool: () => Promise<T>): Promise<T> {
  if ((process.env.DATABASE_URL ?? '').trim() !== '') return tool()
  const folder = openDataFolder()
  for (let waited = 0; ; waited += 1) {
    const running = findRunning(folder)
    if (running !== undefined) {
      adopt(running.environment)
      return tool()
    }
    const holder = takeLock(folder, 'a command-line tool')
    if (holder === undefined) break
    if (waited === 0) process.stderr.write(`Waiting for ${holder.purpose} (process ${holder.pid}) …\n`)
    await sleep(250)
  }
  try {
    return await withDatabase(folder, tool)
  } finally {
    releaseLock(folder)
  }
}

function adopt(environment: Environment): void {
  for (const [name, value] of Object.entries(environment))
    if (!NOT_FOR_TOOLS.has(name)) process.env[name] = value
}

async function withDatabase<T>(folder: DataFolder, tool: () => Promise<T>): Promise<T> {
  const secrets = demoSecrets(folder)
  const cluster = folder.path('postgres')
  initCluster(cluster, secrets.passwords)
  const port = await choosePort(readJson<Partial<EmbeddedPorts>>(folder.path('ports.json'))?.postgres)
  const server = await startPostgres(cluster, {
    port,
    passwords: secrets.passwords,
    logFile: folder.path('logs', 'postgres.log'),
  })
  try {
    await prepareDatabase(port, secrets.passwords, DATABASE_NAME)
    const environment = databaseOnlyEnvironment(folder, port, secrets)
    const { applyMigrations } = await import('#scripts/database/apply-migrations.ts')
    await applyMigrations(environment.DATABASE_OWNER_URL ?? clusterUrl(port, 'postgres', '', DATABASE_NAME))
    adopt(environment)
    return await tool()
  } finally {
    await server.stop()
  }
}
