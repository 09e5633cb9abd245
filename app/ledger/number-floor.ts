/**
 * Where to start looking for events that still need work. Numbers are given out before their transaction commits, so a
 * lower number can appear after a higher one: a number counts as passed only when it was the highest a minute ago and
 * nothing at or below it needs work any more.
 */
const LONGEST_TRANSACTION_MS = 60_000

export type NumberFloor = {
  /** Everything up to and including this number is done. */
  readonly value: bigint
  /** Call when a look above the floor found nothing to do; `highest` is the highest number read before that look. */
  foundNothing: (highest: bigint, nowMs: number) => void
}

/** A floor that starts at 0. */
export function createNumberFloor(): NumberFloor {
  let value = 0n
  let sample: { highest: bigint; atMs: number } | null = null
  return {
    get value() {
      return value
    },
    foundNothing: (highest, nowMs) => {
      sample ??= { highest, atMs: nowMs }
      if (nowMs - sample.atMs < LONGEST_TRANSACTION_MS) return
      value = sample.highest
      sample = { highest, atMs: nowMs }
    },
  }
}
