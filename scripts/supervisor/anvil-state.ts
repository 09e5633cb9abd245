/**
 * The file in which anvil keeps its chain is not written atomically: a kill can leave one that does not parse. The
 * last two copies that did parse are kept beside it, and a start takes the newest of the three that is whole.
 * Without any it begins at genesis, and the worker sends every stored transaction again.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const COPY_EVERY_MS = 5_000

const places = (folder: string) => ({
  live: join(folder, 'state.json'),
  newest: join(folder, 'good-1.json'),
  older: join(folder, 'good-2.json'),
})

function isWhole(bytes: Buffer): boolean {
  try {
    const state: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof state === 'object' && state !== null && 'accounts' in state
  } catch {
    return false
  }
}

const readWhole = async (file: string): Promise<Buffer | undefined> => {
  const bytes = await readFile(file).catch(() => undefined)
  return bytes !== undefined && isWhole(bytes) ? bytes : undefined
}

/** Makes the live file one that anvil can load, and says where it came from. */
export async function prepareState(folder: string): Promise<'kept' | 'copy' | 'genesis'> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { live, newest, older } = places(folder)
  if ((await readWhole(live)) !== undefined) return 'kept'
  for (const copy of [newest, older]) {
    const bytes = await readWhole(copy)
    if (bytes === undefined) continue
    await replace(live, bytes)
    return 'copy'
  }
  rmSync(live, { force: true })
  return 'genesis'
}

/** Path of the file to hand to anvil. */
export const stateFile = (folder: string): string => places(folder).live

/** Keeps the two copies up to date until `signal` aborts. */
export function keepCopies(folder: string, signal: AbortSignal): void {
  let last = Buffer.alloc(0)
  const copy = async (): Promise<void> => {
    const { live, newest, older } = places(folder)
    const bytes = await readFile(live).catch(() => undefined)
    if (bytes === undefined || bytes.equals(last) || !isWhole(bytes)) return
    if (existsSync(newest)) renameSync(newest, older)
    await replace(newest, bytes)
    last = bytes
  }
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(copy).catch(() => {})
  }, COPY_EVERY_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
}

async function replace(file: string, bytes: Buffer): Promise<void> {
  await writeFile(`${file}.new`, bytes)
  renameSync(`${file}.new`, file)
}
