import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers, type ClusterPasswords, stopLeftover } from '#scripts/database/cluster.ts'
import { spawnPostgres } from '#scripts/database/postgres-binaries.ts'
import { endProcess, identify } from '#scripts/supervisor/process-identity.ts'

const START_LIMIT_MS = 30_000

export type PostgresServer = {
  port: number
  pid: number
  /** Resolves when the postmaster has ended, for whatever reason. */
  ended: Promise<void>
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop: () => Promise<void>
}

/**
 * Starts the server of a cluster and waits until it answers. A killed postmaster can leave children behind that
 * hold the folder for some seconds, so a refused start is tried again for half a minute.
 */
export async function startPostgres(
  folder: string,
  options: { port: number; passwords: ClusterPasswords; logFile: string },
): Promise<PostgresServer> {
  await stopLeftover(folder)
  mkdirSync(dirname(options.logFile), { recursive: true })
  const deadline = performance.now() + START_LIMIT_MS
  while (performance.now() < deadline) {
    const child = launch(folder, options)
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    if (await becomesReady(child, options, deadline)) return controlsOf(child, options.port, ended)
    await ended
    await sleep(200)
  }
  throw new Error(`PostgreSQL did not start; see ${options.logFile}`)
}

function launch(folder: string, options: { port: number; logFile: string }): ChildProcess {
  const log = openSync(options.logFile, 'a')
  try {
    return spawnPostgres(['-D', folder, '-p', String(options.port)], log)
  } finally {
    closeSync(log)
  }
}

async function becomesReady(
  child: ChildProcess,
  options: { port: number; passwords: ClusterPasswords },
  deadline: number,
): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    if (await answers(options.port, options.passwords)) return true
    if (performance.now() > deadline) child.kill('SIGQUIT')
    await sleep(25)
  }
  return false
}

function controlsOf(child: ChildProcess, port: number, ended: Promise<void>): PostgresServer {
  const identity = identify(child.pid ?? 0)
  child.unref()
  return {
    port,
    pid: identity.pid,
    ended,
    stop: async () => {
      await endProcess(identity, 'SIGINT', 15_000)
    },
  }
}
