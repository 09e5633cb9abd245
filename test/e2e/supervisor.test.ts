/** npm start as an operator lives with it: kills, restarts, a second start, a taken port. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { isAlive } from '#scripts/supervisor/process-identity.ts'
import { type StartedProduct, startProduct } from '#test/support/product.ts'

/** Patience of these tests, not a bar: a busy machine is slow. The time is printed. */
const READY_AGAIN_MS = 60_000
const KILLS_PER_PROCESS = 2
const SERVICES = ['web', 'worker', 'postgres', 'anvil', 'sandbox']

let product: StartedProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  await product.stop()
  product.remove()
})

type Health = { status: string; database: string; worker: string; chain: string; provider: string }

async function health(): Promise<Health | undefined> {
  try {
    const response = await fetch(`${product.origin}/health`, { signal: AbortSignal.timeout(3_000) })
    return (await response.json()) as Health
  } catch {
    return undefined
  }
}

async function untilWell(limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while ((await health())?.status !== 'ok') {
    if (performance.now() > deadline) throw new Error(`not well: ${JSON.stringify(await health())}`)
    await sleep(100)
  }
}

async function invoiceCount(): Promise<number> {
  const client = new pg.Client(product.running().environment.DATABASE_URL)
  await client.connect()
  const { rows } = await client.query('SELECT count(*)::int AS count FROM invoice')
  await client.end()
  return rows[0].count
}

/** Runs `npm start` once more with the given settings and returns what it says. */
async function startAgain(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [projectPath('scripts/start.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

test('every part says that it is well', async () => {
  await untilWell(READY_AGAIN_MS)
  expect(await health()).toEqual({ status: 'ok', database: 'ok', worker: 'ok', chain: 'ok', provider: 'ok' })
})

test.each(
  SERVICES.flatMap((name) =>
    Array.from({ length: KILLS_PER_PROCESS }, (_, kill) => [name, kill + 1] as const),
  ),
)('%s is killed (%i) and all is well again, with all invoices', async (name) => {
  await untilWell(READY_AGAIN_MS)
  const before = await invoiceCount()
  const pid = product.running().pids[name]
  if (pid === undefined || pid <= 1) throw new Error(`${name} does not run`)
  process.kill(pid, 'SIGKILL')
  const killedAt = performance.now()
  while ([pid, undefined].includes(product.running().pids[name])) {
    if (performance.now() - killedAt > READY_AGAIN_MS) throw new Error(`${name} did not come back`)
    await sleep(50)
  }
  await untilWell(READY_AGAIN_MS)
  console.log(`${name} was back after ${((performance.now() - killedAt) / 1_000).toFixed(1)} s`)
  expect(await invoiceCount()).toBe(before)
})

test('a second start on the same data says where the first one is, and leaves it alone', async () => {
  const { code, output } = await startAgain({ DATA_DIR: product.dataDir })
  expect(output).toContain(`Quittance is already running at ${product.origin}`)
  expect(code).toBe(0)
  expect((await health())?.status).toBe('ok')
})

test('--reset is refused while the product runs', async () => {
  const child = spawn(process.execPath, [projectPath('scripts/start.ts'), '--reset'], {
    env: { ...process.env, DATA_DIR: product.dataDir },
    stdio: 'ignore',
  })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1)
  expect(await invoiceCount()).toBeGreaterThan(0)
})

test('a taken port is named, with a way out', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { code, output } = await startAgain({ DATA_DIR: `${product.dataDir}-other`, PORT: String(port) })
  other.close()
  expect(output).toContain(`Port ${port} is in use by another program`)
  expect(code).toBe(1)
})

test('a killed supervisor leaves nothing that the next start cannot replace, and the data stay', async () => {
  const before = await invoiceCount()
  const { supervisor } = product.running()
  process.kill(supervisor.pid, 'SIGKILL')
  while (isAlive(supervisor)) await sleep(50)
  product = await startProduct({ dataDir: product.dataDir, port: Number(new URL(product.origin).port) })
  await untilWell(READY_AGAIN_MS)
  expect(await invoiceCount()).toBe(before)
})

test('after Ctrl-C nothing of it runs, and the next start has the same data', async () => {
  const before = await invoiceCount()
  const { pids } = product.running()
  await product.stop()
  const left = Object.entries(pids).filter(([, pid]) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  })
  expect(left).toEqual([])
  product = await startProduct({ dataDir: product.dataDir, port: Number(new URL(product.origin).port) })
  expect(await invoiceCount()).toBe(before)
})
