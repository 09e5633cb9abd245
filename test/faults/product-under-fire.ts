/** A whole product of its own, as `npm start` runs it, whose processes can be killed and whose stores can be looked into. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { type StartedProduct, startProduct } from '#test/support/product.ts'
import { type Sql, sqlOn } from '#test/support/sql.ts'

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
  sql: Sql
  chainRpcUrl: string
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
    sql: sqlOn(environment.DATABASE_OWNER_URL ?? ''),
    chainRpcUrl: environment.CHAIN_RPC_URL ?? '',
    sandboxState: async () => {
      const response = await fetch(`${sandboxUrl}/_sandbox/state`)
      return (await response.json()) as SandboxState
    },
    runScript: (script, args) => runScript(product.dataDir, script, args),
  }
  await untilReady(fired, {})
  return fired
}

/** How long it took until all of the product was ready again, and what it said of itself meanwhile. */
export type Recovery = { readyAfterMs: number; said: { atMs: number; text: string }[] }

/** Kills a service as a power cut would and waits until all of the product is ready again. */
export async function killAndAwaitReady(product: ProductUnderFire, service: ServiceName): Promise<Recovery> {
  const pid = product.running().pids[service]
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1)
    throw new Error(`${service} has no process to kill: ${pid}`)
  process.kill(pid, 'SIGKILL')
  return untilReady(product, { [service]: pid })
}

const READY_LIMIT_MS = 60_000

/** Waits until each service runs, those in `gone` under a new process id, and /health finds nothing wrong. */
async function untilReady(
  product: StartedProduct,
  gone: Readonly<Partial<Record<ServiceName, number>>>,
): Promise<Recovery> {
  const since = performance.now()
  const said: Recovery['said'] = []
  for (;;) {
    const { pids } = product.running()
    const missing = SERVICES.filter((name) => pids[name] === undefined || pids[name] === gone[name])
    const text = missing.length > 0 ? `${missing.join(', ')} not back` : await healthOf(product.origin)
    const atMs = Math.round(performance.now() - since)
    if (said.at(-1)?.text !== text) said.push({ atMs, text })
    if (text === 'ok') return { readyAfterMs: atMs, said }
    if (atMs > READY_LIMIT_MS) throw new Error(`not ready: ${JSON.stringify(said)}`)
    await sleep(50)
  }
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
