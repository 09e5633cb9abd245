/**
 * Web and worker processes as a deployment runs them, any number of each, on the database of this test file: they reach PostgreSQL
 * through a door that can misbehave, and browsers reach the web processes through a door that knows all of them. Beside them run
 * the payment sandbox and a chain.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { computeAddress } from 'ethers/transaction'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { compareWithChain } from '#app/ledger/check-chain.server.ts'
import { mineConfirmations } from '#scripts/supervisor/anvil.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'
import { statusOf } from '#scripts/supervisor/process.ts'
import type { Stores } from '#test/faults/accounts.ts'
import type { SandboxState } from '#test/faults/product-under-fire.ts'
import { startAnvil } from '#test/support/anvil.ts'
import { createSupplier } from '#test/support/books.ts'
import { WEBHOOK_SECRET } from '#test/support/card-world.ts'
import { testDatabase } from '#test/support/database.ts'
import { fund, newWriterKey } from '#test/support/ledger-chain.ts'
import { startSandbox } from '#test/support/sandbox.ts'
import { sqlOn } from '#test/support/sql.ts'
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts'

/** The process of one place: whoever ends there, another begins. */
export type HouseProcess = {
  name: string
  /** SIGTERM, as a deployment ends a process, and another in its place; answers after how many milliseconds it was gone. */
  restart: () => Promise<number>
  /** SIGTERM, for good. */
  end: () => Promise<number>
}

export type House = Stores & {
  origin: string
  sandboxUrl: string
  /** The door between the processes and PostgreSQL. */
  database: TcpProxy
  webs: HouseProcess[]
  workers: HouseProcess[]
  /** How often a process ended that nobody had told to; each was started again, as a supervisor does. */
  restarts: () => number
  /** Resolves when every web process answers a page that needs the database. */
  untilReady: () => Promise<void>
  /** What the processes have logged, one object a line. */
  logLines: () => LogLine[]
  stop: () => Promise<void>
}

export type LogLine = { level: string; msg: string; pid: number; [field: string]: unknown }

const READY_LIMIT_MS = 30_000

/** Makes the supplier, starts so many web and worker processes and waits until they serve. */
export async function openHouse(counts: { webs: number; workers: number }): Promise<House> {
  await createSupplier()
  const folder = mkdtempSync(join(tmpdir(), 'quittance-house-'))
  const address = new URL(testDatabase.url)
  const database = await startTcpProxy([Number(address.port)])
  address.port = String(database.port)
  const ports: number[] = []
  for (let place = 0; place < counts.webs; place += 1) ports.push(await choosePort())
  const front = await startTcpProxy(ports)
  const origin = `http://localhost:${front.port}`
  const anvil = await startAnvil()
  const mining = new AbortController()
  void mineConfirmations(anvil.url, mining.signal)
  const writerKey = newWriterKey()
  await fund(anvil.url, computeAddress(writerKey))
  const webhook = { url: `http://127.0.0.1:${front.port}/webhooks/stripe`, secret: WEBHOOK_SECRET }
  const sandbox = await startSandbox({ webhook })

  const environment = {
    ...{ PATH: process.env.PATH ?? '', NODE_ENV: 'production', MODE: 'demo', LOG_LEVEL: 'info' },
    ...{ DATABASE_URL: address.href, DATA_DIR: folder, APP_ORIGIN: origin },
    AUTH_SECRET: process.env.AUTH_SECRET ?? '',
    ...{ STRIPE_SECRET_KEY: 'sk_test_sandbox', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET },
    ...{ STRIPE_API_PROTOCOL: 'http', STRIPE_API_HOST: '127.0.0.1', STRIPE_API_PORT: String(sandbox.port) },
    ...{ CHAIN_RPC_URL: anvil.url, CHAIN_CONFIRMATIONS: '2', LEDGER_WRITER_KEY: writerKey },
    ...{ SMTP_URL: `smtp://127.0.0.1:${sandbox.smtpPort}`, MAIL_FROM: 'Accounts receivable <ar@localhost>' },
  }
  const logFile = join(folder, 'log.txt')
  const says = (pid: number, what: string): boolean =>
    readLines(logFile).some((line) => line.pid === pid && line.msg === what)
  const keep = (name: string, port: number, isUp: (pid: number) => Promise<boolean>): Promise<Kept> =>
    keepProcess({ name, environment: { ...environment, PORT: String(port) }, logFile, isUp })
  const webs = await Promise.all(
    ports.map((port) =>
      keep('web', port, async () => (await statusOf(`http://127.0.0.1:${port}/health`)) !== undefined),
    ),
  )
  const workers = await Promise.all(
    Array.from({ length: counts.workers }, () =>
      keep('worker', 0, async (pid) => says(pid, 'worker is running')),
    ),
  )
  const all = [...webs, ...workers]
  return {
    ...{ origin, database, sandboxUrl: sandbox.url, chainRpcUrl: anvil.url, webs, workers },
    restarts: () => all.reduce((sum, each) => sum + each.fallen(), 0),
    untilReady: () => until(async () => (await Promise.all(ports.map(isHealthy))).every(Boolean), logFile),
    logLines: () => readLines(logFile),
    sql: sqlOn(testDatabase.ownerUrl),
    sandboxState: () => sandbox.control<SandboxState>('GET', 'state'),
    stop: async () => {
      await Promise.all(all.map((each) => each.end()))
      await Promise.all([front.close(), database.close(), sandbox.stop()])
      mining.abort()
      await anvil.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Everything that the books promise, and that the chain holds what they queued. Empty when all of it holds. */
export async function brokenPromises(house: Stores): Promise<unknown[]> {
  const invariants = (await checkSqlInvariants()).filter(({ count }) => count > 0)
  const { breaches } = await compareWithChain(house.chainRpcUrl)
  return [...invariants, ...breaches]
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(3_000) })
    const { status } = (await answer.json()) as { status: string }
    return status === 'ok'
  } catch {
    return false
  }
}

async function until(isTrue: () => Promise<boolean>, logFile: string): Promise<void> {
  for (const deadline = performance.now() + READY_LIMIT_MS; !(await isTrue()); await sleep(50))
    if (performance.now() > deadline)
      throw new Error(`it did not become ready:\n${readFileSync(logFile, 'utf8').slice(-3_000)}`)
}

type Kept = HouseProcess & { fallen: () => number }

type Place = {
  name: string
  environment: Readonly<Record<string, string>>
  logFile: string
  isUp: (pid: number) => Promise<boolean>
}

const PAUSE_MS = 200

/** Keeps one process running: one that ends by itself is followed by another, as with a supervisor. */
async function keepProcess(place: Place): Promise<Kept> {
  let fallen = 0
  let isOver = false
  let expected: ChildProcess | undefined
  let child = begin()

  function begin(): ChildProcess {
    const begun = spawnScript(place)
    begun.once('exit', () => {
      if (isOver || expected === begun) return
      fallen += 1
      setTimeout(() => {
        if (!isOver) child = begin()
      }, PAUSE_MS)
    })
    return begun
  }

  const ready = (): Promise<void> => until(() => place.isUp(child.pid ?? 0), place.logFile)
  await ready()
  return {
    name: place.name,
    fallen: () => fallen,
    restart: async () => {
      expected = child
      const tookMs = await terminate(child)
      child = begin()
      await ready()
      return tookMs
    },
    end: () => {
      isOver = true
      return terminate(child)
    },
  }
}

function spawnScript({ name, environment, logFile }: Place): ChildProcess {
  const log = openSync(logFile, 'a')
  const script = projectPath(`scripts/${name}.ts`)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { ...environment },
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  return child
}

async function terminate(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return 0
  const since = performance.now()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
  return Math.round(performance.now() - since)
}

function readLines(file: string): LogLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine)
}
