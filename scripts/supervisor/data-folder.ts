import { randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { identify, isAlive, type ProcessIdentity } from '#scripts/supervisor/process-identity.ts'

/** Where everything of one running product lies. Nothing outside of it is written. */
export type DataFolder = { root: string; path: (...parts: string[]) => string }

/** What `--reset` removes; anything else in the folder is not ours. */
const OWNED = [
  'postgres',
  'cache',
  'anvil',
  'sandbox',
  'logs',
  'run',
  'secrets.json',
  'ports.json',
  'demo.json',
  'seeded',
  'running.json',
]

/** The folder that DATA_DIR names, made when missing and closed to other accounts. */
export function openDataFolder(dataDir = process.env.DATA_DIR): DataFolder {
  const root = resolve(dataDir?.trim() || '.data')
  mkdirSync(join(root, 'run'), { recursive: true, mode: 0o700 })
  mkdirSync(join(root, 'logs'), { recursive: true, mode: 0o700 })
  return { root, path: (...parts) => join(root, ...parts) }
}

/** Removes the data of an earlier run. The lock must be held and no process may be left on it. */
export function resetDataFolder(folder: DataFolder): void {
  for (const name of OWNED) rmSync(folder.path(name), { recursive: true, force: true })
  openDataFolder(folder.root)
}

/** Writes a file whole or not at all, readable for this account only. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}

/** The JSON of a file; undefined when it is missing or was cut off while it was written. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}

export type LockHolder = ProcessIdentity & { purpose: string }

/**
 * Takes the folder for this process. Returns the living holder instead when there is one. A lock of a process that
 * is gone is replaced.
 */
export function takeLock(folder: DataFolder, purpose: string): LockHolder | undefined {
  const file = folder.path('lock')
  const mine: LockHolder = { ...identify(process.pid), purpose }
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (;;) {
      try {
        linkSync(draft, file)
        return undefined
      } catch {
        const holder = readJson<LockHolder>(file)
        if (holder !== undefined && isAlive(holder)) return holder
        rmSync(file, { force: true })
      }
    }
  } finally {
    unlinkSync(draft)
  }
}

/** Gives the folder back, if this process holds it. */
export function releaseLock(folder: DataFolder): void {
  const file = folder.path('lock')
  if (existsSync(file) && readJson<LockHolder>(file)?.pid === process.pid) rmSync(file, { force: true })
}
