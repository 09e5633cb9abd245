import { setTimeout as sleep } from 'node:timers/promises'

/** One running instance of a service. */
export type Instance = {
  pid: number
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>
  stop: () => Promise<void>
}

export type ServiceSpec = {
  name: string
  /** Starts one instance and resolves when it is ready; throws when it does not get there. */
  run: () => Promise<Instance>
}

export type Service = { name: string; pid: () => number | undefined; stop: () => Promise<void> }

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 4_000
const STEADY_AFTER_MS = 30_000

/**
 * Starts a service and starts it again whenever it ends, at once the first time and then with growing waits.
 * Throws when the very first start fails. `report` hears of every end and return.
 */
export async function keepRunning(spec: ServiceSpec, report: (text: string) => void): Promise<Service> {
  const stopping = new AbortController()
  let current: Instance | undefined = await spec.run()
  let starting: Promise<void> | undefined

  async function startAgain(): Promise<void> {
    for (
      let waitMs = FIRST_WAIT_MS;
      !stopping.signal.aborted;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    ) {
      try {
        current = await spec.run()
        if (stopping.signal.aborted) await current.stop()
        return
      } catch (error) {
        report(`${spec.name} did not start: ${error instanceof Error ? error.message : String(error)}`)
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  async function watch(): Promise<void> {
    let waitMs = 0
    while (current !== undefined && !stopping.signal.aborted) {
      const since = performance.now()
      await current.ended
      current = undefined
      if (stopping.signal.aborted) return
      report(`${spec.name} ended unexpectedly; starting it again`)
      waitMs =
        performance.now() - since > STEADY_AFTER_MS
          ? 0
          : Math.min(waitMs * 2 + FIRST_WAIT_MS, LONGEST_WAIT_MS)
      if (waitMs > FIRST_WAIT_MS) await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      starting = startAgain()
      await starting
      if (!stopping.signal.aborted) report(`${spec.name} is back`)
    }
  }
  const watching = watch()

  return {
    name: spec.name,
    pid: () => current?.pid,
    stop: async () => {
      stopping.abort()
      await starting
      await current?.stop()
      await watching
    },
  }
}
