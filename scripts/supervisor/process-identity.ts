import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process told apart from a later one that got the same number. */
export type ProcessIdentity = { pid: number; startedAt: string }

/**
 * When a living process started, in the system's own terms; undefined when there is none, or when it is a zombie
 * that only waits to be collected.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return startTimeByPs(pid)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function startTimeByPs(pid: number): string | undefined {
  const [state = 'Z', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  })
    .trim()
    .split(/\s+/)
  return state.startsWith('Z') ? undefined : started.join(' ')
}

/** The identity of a living process; throws when it is gone. */
export function identify(pid: number): ProcessIdentity {
  const startedAt = startTimeOf(pid)
  if (startedAt === undefined) throw new Error(`process ${pid} is gone`)
  return { pid, startedAt }
}

/** True while exactly this process lives. */
export function isAlive(process: ProcessIdentity): boolean {
  return startTimeOf(process.pid) === process.startedAt
}

/** The command line of a process, or an empty text when it is gone. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Signals a process and waits until it is gone; SIGKILL follows after `graceMs`. Does nothing when it is gone already. */
export async function endProcess(
  target: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  const send = (name: NodeJS.Signals): void => {
    try {
      if (isAlive(target)) process.kill(target.pid, name)
    } catch {
      // It ended in between.
    }
  }
  send(signal)
  const deadline = performance.now() + graceMs
  let isKilled = false
  while (isAlive(target)) {
    if (!isKilled && performance.now() > deadline) {
      send('SIGKILL')
      isKilled = true
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
