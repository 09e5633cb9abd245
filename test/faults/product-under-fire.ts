/** A whole product of its own, as `npm start` runs it, whose processes can be killed and whose stores can be looked into. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { type StartedProduct, startProduct } from '#test/support/product.ts'

export const SERVICES = ['web', 'worker', 'postgres', 'anvil', 'sandbox'] as const
export type ServiceName = (typeof SERVICES)[number]

export type SandboxState = {
  pending_webhooks: number
  charges: readonly {
    id: string
    status: string
    amount: number
    currency: string
    payment_id: string | null
  }[]
}

export type ProductUnderFire = StartedProduct & {
  /** Address of the payment sandbox, without a trailing slash. */
  sandboxUrl: string
  /** Rows of one statement, read as the owner of the tables. */
  sql: <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  sandboxState: () => Promise<SandboxState>
  /** Runs one of the project's scripts against this product; throws unless it ends with 0. */
  runScript: (script: string, args: readonly string[]) => Promise<string>
}

/** Starts the product with demo data in a temporary folder and waits until every part of it is ready. */
export async function startUnderFire(): Promise<ProductUnderFire> {
  const product = await startProduct()
  const { environment } = product.running()
  const sandboxUrl = `http://localhost:${environment.STRIPE_API_PORT}`
  const fired: ProductUnderFire = {
    ...product,
    sandboxUrl,
    sql: async (text, values = []) => {
      const client = new pg.Client(environment.DATABASE_OWNER_URL)
      client.on('error', () => {})
      await client.connect()
      try {
        return (await client.query(text, [...values])).rows
      } finally {
        await client.end()
      }
    },
    sandboxState: async () => {
      const response = await fetch(`${sandboxUrl}/_sandbox/state`)
      return (await response.json()) as SandboxState
    },
    runScript: (script, args) => runScript(product.dataDir, script, args),
  }
  await untilReady(fired, {})
  return fired
}

/** Kills a service as a power cut would and answers how long it took until all of the product was ready again. */
export async function killAndAwaitReady(product: ProductUnderFire, service: ServiceName): Promise<number> {
  const pid = product.running().pids[service]
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1)
    throw new Error(`${service} has no process to kill: ${pid}`)
  const killedAt = performance.now()
  process.kill(pid, 'SIGKILL')
  await untilReady(product, { [service]: pid })
  return performance.now() - killedAt
}

const READY_LIMIT_MS = 60_000

/** Waits until each service runs, those in `gone` under a new process id, and /health finds nothing wrong. */
async function untilReady(
  product: StartedProduct,
  gone: Readonly<Partial<Record<ServiceName, number>>>,
): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS
  let seen = ''
  while (performance.now() < deadline) {
    const { pids } = product.running()
    const isRunning = SERVICES.every((name) => pids[name] !== undefined && pids[name] !== gone[name])
    seen = isRunning ? await healthOf(product.origin) : `running: ${Object.keys(pids).join(', ')}`
    if (seen === 'ok') return
    await sleep(50)
  }
  throw new Error(`not ready after ${READY_LIMIT_MS} ms: ${seen}`)
}

async function healthOf(origin: string): Promise<string> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(3_000) })
    const health = (await response.json()) as { status: string }
    return health.status === 'ok' ? 'ok' : JSON.stringify(health)
  } catch (error) {
    return String(error)
  }
}

async function runScript(dataDir: string, script: string, args: readonly string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', projectPath(script), ...args],
    {
      cwd: projectPath('.'),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve)
    child.once('error', reject)
  })
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${output}`)
  return output
}
