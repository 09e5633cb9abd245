import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DataFolder, writeWhole } from '#scripts/supervisor/data-folder.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { logTail, openLog } from '#scripts/supervisor/process.ts'

const INPUTS = [
  'app',
  'public',
  'prisma/schema.prisma',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'react-router.config.ts',
]
const GENERATED = projectPath('app/platform/generated')
const BUILD = projectPath('build')
const STAMP = join(BUILD, '.stamp')

/** One hash over the names and contents of everything that the pages are built from. */
export function buildInputsHash(): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (path === GENERATED) return
    hash.update(path).update(readFileSync(path))
  }
  for (const input of INPUTS) {
    const path = projectPath(input)
    if (!existsSync(path)) continue
    if (/\.\w+$/.test(input)) add(path)
    else
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }).sort(byPath))
        if (entry.isFile() && !entry.parentPath.startsWith(GENERATED)) add(join(entry.parentPath, entry.name))
  }
  return hash.digest('hex')
}

const byPath = (a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number =>
  join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1

/**
 * Builds the web pages into build/ unless they were built from the same inputs. They are built beside and moved into
 * place, so that there is never half a build, and two at once do not meet. True when it built; throws with the end of
 * the build's output when it fails.
 */
export async function buildWeb(folder: DataFolder, signal?: AbortSignal): Promise<boolean> {
  const hash = buildInputsHash()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return false
  const draft = `.react-router/build-${process.pid}`
  const log = openLog(folder, 'build')
  const child = spawn(process.execPath, [projectPath('node_modules/@react-router/dev/bin.cjs'), 'build'], {
    cwd: projectPath('.'),
    detached: true,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', QUITTANCE_BUILD_DIRECTORY: draft },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const kill = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', kill)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve)
    child.once('error', reject)
  })
  signal?.removeEventListener('abort', kill)
  try {
    signal?.throwIfAborted()
    if (code !== 0) throw new Error(`the build failed:\n${logTail(folder, 'build', 40)}`)
    writeWhole(projectPath(`${draft}/.stamp`), hash)
    moveIntoPlace(projectPath(draft))
  } finally {
    rmSync(projectPath(draft), { recursive: true, force: true })
  }
  return true
}

function moveIntoPlace(draft: string): void {
  const old = `${draft}-old`
  if (existsSync(BUILD)) renameSync(BUILD, old)
  renameSync(draft, BUILD)
  rmSync(old, { recursive: true, force: true })
}
