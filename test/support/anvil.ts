import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** First account of anvil's well-known mnemonic. Worth nothing anywhere else. */
export const DEV_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
/** Second account of the same mnemonic. */
export const OTHER_DEV_KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

export type Anvil = {
  url: string
  port: number
  pid: number
  /** SIGKILL, as a power cut would. Resolves when the process is gone. */
  kill: () => Promise<void>
  stop: () => Promise<void>
}

/** Path of the anvil binary that npm installed for this platform. */
export function anvilBinary(): string {
  const platform = process.platform === 'win32' ? 'win32' : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  const name = `@foundry-rs/anvil-${platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  return join(
    dirname(require.resolve(`${name}/package.json`)),
    'bin',
    platform === 'win32' ? 'anvil.exe' : 'anvil',
  )
}

/** Starts anvil on a free port, or on `port`, and waits until it listens. Its output goes to a file, not to a pipe. */
export async function startAnvil(args: readonly string[] = [], port = 0): Promise<Anvil> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-anvil-'))
  const logFile = join(folder, 'anvil.log')
  const log = openSync(logFile, 'a')
  const child = spawn(anvilBinary(), ['--host', '127.0.0.1', '--port', String(port), ...args], {
    stdio: ['ignore', log, log],
  })
  const listening = await waitForPort(child, logFile)
  return {
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    pid: child.pid ?? 0,
    kill: () => end(child, 'SIGKILL', folder),
    stop: () => end(child, 'SIGINT', folder),
  }
}

async function waitForPort(child: ChildProcess, logFile: string): Promise<number> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const match = /Listening on 127\.0\.0\.1:(\d+)/.exec(readFileSync(logFile, 'utf8'))
    if (match?.[1]) return Number(match[1])
    if (child.exitCode !== null) break
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`anvil did not start:\n${readFileSync(logFile, 'utf8')}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  rmSync(folder, { recursive: true, force: true })
}
