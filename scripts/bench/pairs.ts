export type BenchRow = {
  readonly name: string
  readonly unit: string
  /** Least ratio of subject to baseline that is wanted. */
  readonly goal: number
  readonly ratio: number
  /** Smallest and largest ratio of all rounds. */
  readonly spread: readonly [number, number]
  readonly subject: number
  readonly baseline: number
  readonly note?: string
}

export type Pair = {
  readonly rounds: number
  /** Rate of the thing to compare with, per second. */
  readonly baseline: () => Promise<number>
  /** Rate of ours, per second. */
  readonly subject: () => Promise<number>
}

/**
 * Measures both sides in turn, baseline first and then last, after one round of each to warm up. The ratio is the median of
 * the rounds' ratios: a machine that is busy for a while slows both sides of a round.
 */
export async function comparePairs({
  rounds,
  baseline,
  subject,
}: Pair): Promise<Pick<BenchRow, 'ratio' | 'spread' | 'subject' | 'baseline'>> {
  await baseline()
  await subject()
  const pairs: { baseline: number; subject: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) pairs.push({ baseline: await baseline(), subject: await subject() })
    else {
      const ours = await subject()
      pairs.push({ baseline: await baseline(), subject: ours })
    }
  }
  const ratios = pairs.map((pair) => pair.subject / pair.baseline).toSorted((a, b) => a - b)
  return {
    ratio: median(ratios),
    spread: [ratios[0] ?? 0, ratios.at(-1) ?? 0],
    subject: median(pairs.map((pair) => pair.subject).toSorted((a, b) => a - b)),
    baseline: median(pairs.map((pair) => pair.baseline).toSorted((a, b) => a - b)),
  }
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
