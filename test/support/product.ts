import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENV_NAMES } from '#app/platform/env-schema.ts'
import { readJson } from '#scripts/supervisor/data-folder.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'
import { endProcess, identify } from '#scripts/supervisor/process-identity.ts'
import type { RunningProduct } from '#scripts/supervisor/running.ts'

export type StartedProduct = {
  origin: string
  dataDir: string
  /** What the supervisor has published by now: addresses, process ids, settings. */
  running: () => RunningProduct
  /** Ctrl-C, as a person would; resolves when the supervisor is gone. The data folder stays. */
  stop: () => Promise<void>
  /** Removes the data folder. */
  remove: () => void
}

/** A data folder that is not there yet, with a space in its path. */
export function newDataFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'quittance product ')), 'data')
}

/** Starts the whole product as `npm start` does, on a free port, and waits until it says that it is ready. */
export async function startProduct(
  options: { dataDir?: string; port?: number; env?: Readonly<Record<string, string>>; limitMs?: number } = {},
): Promise<StartedProduct> {
  const dataDir = options.dataDir ?? newDataFolder()
  const port = options.port ?? (await choosePort())
  const folder = mkdtempSync(join(tmpdir(), 'quittance-start-'))
  const output = openSync(join(folder, 'output.txt'), 'w')
  const inherited = Object.entries(process.env).filter(([name]) => !ENV_NAMES.includes(name))
  const child = spawn(process.execPath, [projectPath('scripts/start.ts')], {
    cwd: projectPath('.'),
    env: { ...Object.fromEntries(inherited), PORT: String(port), DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  const running = (): RunningProduct => {
    const product = readJson<RunningProduct>(join(dataDir, 'running.json'))
    if (product === undefined) throw new Error('the product does not run')
    return product
  }
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null)
      await endProcess(identify(child.pid), 'SIGINT', 30_000)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(child, join(folder, 'output.txt'), options.limitMs ?? 120_000)
  } catch (error) {
    await stop()
    throw error
  }
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true })
  return { origin: `http://localhost:${port}`, dataDir, running, stop, remove }
}

async function untilReady(child: ChildProcess, file: string, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  const text = (): string => readFileSync(file, 'utf8')
  while (!text().includes('Quittance is ready')) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`the product did not start:\n${text()}`)
    await sleep(100)
  }
}
