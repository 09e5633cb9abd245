/** The product's clock, moved by whole days for a test. A file that wants it mocks clock.server.ts by `shiftedClock`. */
import type * as Clock from '#app/platform/clock.server.ts'

const DAY_MS = 86_400_000

/** By how many days the clock is ahead; below zero it is behind. */
export const shift = { days: 0 }

export function shiftedClock(original: typeof Clock): typeof Clock {
  return {
    ...original,
    readNow: async (client) => new Date((await original.readNow(client)).getTime() + shift.days * DAY_MS),
  }
}
