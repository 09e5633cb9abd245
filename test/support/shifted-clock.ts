/**
 * Clocks that are wrong, for a test: the product's own, which a file that wants it mocks by `shiftedClock`, and the one of this
 * process, which is what Node takes for now.
 */
import type * as Clock from '#app/platform/clock.server.ts'

const DAY_MS = 86_400_000

/** By how much the product's clock is ahead; below zero it is behind. */
export const shift = { days: 0, ms: 0 }

export function shiftedClock(original: typeof Clock): typeof Clock {
  return {
    ...original,
    readNow: async (client) =>
      new Date((await original.readNow(client)).getTime() + shift.days * DAY_MS + shift.ms),
  }
}

const RightDate = globalThis.Date

/** Sets the clock of this process so far ahead; with 0 it is right again. What waits by timers waits as before. */
export function shiftProcessClock(ms: number): void {
  const now = (): number => RightDate.now() + ms
  globalThis.Date =
    ms === 0
      ? RightDate
      : new Proxy(RightDate, {
          construct: (date, given, made) =>
            Reflect.construct(date, given.length === 0 ? [now()] : given, made),
          get: (date, name) => (name === 'now' ? now : Reflect.get(date, name)),
        })
}

/** The time that it really is, in seconds. */
export const rightSeconds = (): number => Math.floor(RightDate.now() / 1000)
