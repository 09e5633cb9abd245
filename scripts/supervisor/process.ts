import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DataFolder, readJson, writeWhole } from '#scripts/supervisor/data-folder.ts'
import type { Environment } from '#scripts/supervisor/environment.ts'
import { endProcess, identify, isAlive, type ProcessIdentity } from '#scripts/supervisor/process-identity.ts'
import type { Instance } from '#scripts/supervisor/service.ts'

const LARGEST_LOG_BYTES = 20_000_000

export type ProcessSpec = {
  name: string
  program: string
  args: readonly string[]
  env: Environment
  /** True once it serves. Asked every 30 ms. */
  isReady: () => Promise<boolean>
  readyLimitMs: number
  stopSignal: NodeJS.Signals
  /** After this long without an end it is killed. */
  graceMs: number
}

/** Opens the log of a service for appending; a grown one is put aside once. */
export function openLog(folder: DataFolder, name: string): number {
  const file = folder.path('logs', `${name}.log`)
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** The last lines that a service wrote. */
export function logTail(folder: DataFolder, name: string, lines = 15): string {
  const file = folder.path('logs', `${name}.log`)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
}

const pidFile = (folder: DataFolder, name: string): string => folder.path('run', `${name}.json`)

/** Ends what a killed earlier run left behind under this name. True when there was something. */
export async function endLeftover(folder: DataFolder, name: string): Promise<boolean> {
  const earlier = readJson<ProcessIdentity>(pidFile(folder, name))
  if (earlier === undefined || !isAlive(earlier)) return false
  await endProcess(earlier, 'SIGTERM', 3_000)
  return true
}

/**
 * Starts a process in a session of its own, so that the terminal's Ctrl-C reaches only us, with its output in a
 * file, so that it never holds our pipes, and waits until it is ready. It hears of our end by its IPC channel.
 */
export async function runProcess(folder: DataFolder, spec: ProcessSpec): Promise<Instance> {
  await endLeftover(folder, spec.name)
  const log = openLog(folder, spec.name)
  const child = spawn(spec.program, spec.args, {
    detached: true,
    env: { ...spec.env },
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const identity = identityOf(child)
  if (identity !== undefined) writeWhole(pidFile(folder, spec.name), JSON.stringify(identity))
  const stop = async (): Promise<void> => {
    if (identity !== undefined) await endProcess(identity, spec.stopSignal, spec.graceMs)
    await ended
    rmSync(pidFile(folder, spec.name), { force: true })
  }
  if (identity === undefined || !(await becomesReady(child, spec))) {
    await stop()
    throw new Error(`${spec.name} did not become ready:\n${logTail(folder, spec.name)}`)
  }
  return { pid: identity.pid, ended, stop }
}

function identityOf(child: ChildProcess): ProcessIdentity | undefined {
  try {
    return child.pid === undefined ? undefined : identify(child.pid)
  } catch {
    return undefined
  }
}

async function becomesReady(child: ChildProcess, spec: ProcessSpec): Promise<boolean> {
  const deadline = performance.now() + spec.readyLimitMs
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    if (await spec.isReady()) return true
    await sleep(30)
  }
  return false
}

/** A process that everybody was waiting for answers late at first; asking it anew would only put us last in line. */
const ANSWER_LIMIT_MS = 10_000

/** Asks an address; undefined when nothing answers there in time. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), redirect: 'manual' })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}
