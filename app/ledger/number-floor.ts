/**
 * Where to start looking for events that still need work. Numbers are given out before their transaction commits, so a
 * lower number can appear after a higher one, minutes later when an import books. A number counts as passed only when
 * every transaction that was running when it was the highest has ended, and nothing at or below it needs work any more.
 */
export type Horizon = {
  /** The highest number that could be read. */
  highest: bigint
  /** Every transaction with a lower id has ended, and what it wrote could be read. */
  oldestRunning: bigint
  /** A transaction id given out after `highest` was read: whoever took a lower number has a lower id. Null: not asked for. */
  newest: bigint | null
}

export type NumberFloor = {
  /** Everything up to and including this number is done. */
  readonly value: bigint
  /** Whether the next horizon should ask for `newest`, which uses up a transaction id. */
  readonly needsNewest: boolean
  /** Call when a look above the floor found nothing to do; the horizon was read before that look or together with it. */
  foundNothing: (horizon: Horizon) => void
}

/** A floor that starts at 0. */
export function createNumberFloor(): NumberFloor {
  let value = 0n
  let sample: { highest: bigint; newest: bigint } | null = null
  return {
    get value() {
      return value
    },
    get needsNewest() {
      return sample === null
    },
    foundNothing: ({ highest, oldestRunning, newest }) => {
      if (sample === null) {
        if (newest !== null && highest > value) sample = { highest, newest }
      } else if (oldestRunning >= sample.newest) {
        value = sample.highest
        sample = null
      }
    },
  }
}
