import { spawn } from 'node:child_process'
import { closeSync, existsSync } from 'node:fs'
import { type DataFolder, writeWhole } from '#scripts/supervisor/data-folder.ts'
import type { Environment } from '#scripts/supervisor/environment.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { logTail, openLog } from '#scripts/supervisor/process.ts'

/**
 * Runs one preparing script to its end, with its output in the log folder. Throws with the last lines when it
 * fails; `signal` kills it.
 */
export async function runStep(
  folder: DataFolder,
  name: string,
  script: string,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const log = openLog(folder, name)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', projectPath(script)], {
    detached: true,
    env: { ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const kill = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve)
    child.once('error', reject)
  })
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`${script} failed:\n${logTail(folder, name)}`)
}

/** Runs a step that this data folder needs only once. A step that was cut off runs again. */
export async function runOnce(
  folder: DataFolder,
  stamp: string,
  step: () => Promise<void>,
): Promise<boolean> {
  if (existsSync(folder.path(stamp))) return false
  await step()
  writeWhole(folder.path(stamp), new Date().toISOString())
  return true
}
