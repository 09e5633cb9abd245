import { z } from 'zod'

/** What a ratio of ours to the baseline is wanted to be; null where it is only shown. */
export type Goal = z.infer<typeof goal>
const goal = z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })]).nullable()

export type BenchRow = z.infer<typeof benchRow>
/** One line of the table: a figure of ours beside the same figure of the baseline, medians of the rounds. */
export const benchRow = z.object({
  name: z.string(),
  unit: z.string(),
  goal,
  ratio: z.number(),
  /** Smallest and largest ratio of all rounds. */
  spread: z.tuple([z.number(), z.number()]),
  subject: z.number(),
  baseline: z.number(),
  note: z.string().optional(),
})

export type Pair<Reading> = { readonly baseline: Reading; readonly subject: Reading }

export type Sides<Reading> = {
  readonly rounds: number
  /** Measures the thing to compare with. */
  readonly baseline: () => Promise<Reading>
  /** Measures ours. */
  readonly subject: () => Promise<Reading>
}

/**
 * Measures both sides in turn, baseline first and then last, after one round of each to warm up: a machine that is busy for a
 * while slows both sides of a round.
 */
export async function measurePairs<Reading>({
  rounds,
  baseline,
  subject,
}: Sides<Reading>): Promise<readonly Pair<Reading>[]> {
  await baseline()
  await subject()
  const pairs: Pair<Reading>[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) pairs.push({ baseline: await baseline(), subject: await subject() })
    else {
      const ours = await subject()
      pairs.push({ baseline: await baseline(), subject: ours })
    }
  }
  return pairs
}

/** One figure of what was measured, compared: the ratio is the median of the rounds' ratios of ours to the baseline. */
export function compare<Reading>(
  pairs: readonly Pair<Reading>[],
  figure: (reading: Reading) => number,
): Pick<BenchRow, 'ratio' | 'spread' | 'subject' | 'baseline'> {
  const figures = pairs.map((pair) => ({ baseline: figure(pair.baseline), subject: figure(pair.subject) }))
  const ratios = figures.map((each) => each.subject / each.baseline).toSorted((a, b) => a - b)
  return {
    ratio: median(ratios),
    spread: [ratios[0] ?? 0, ratios.at(-1) ?? 0],
    subject: median(figures.map((each) => each.subject)),
    baseline: median(figures.map((each) => each.baseline)),
  }
}

/** Rates per second of both sides, measured and compared. */
export async function comparePairs(sides: Sides<number>): Promise<ReturnType<typeof compare>> {
  return compare(await measurePairs(sides), (rate) => rate)
}

/** Whether a ratio is not what is wanted of it. */
export function isMissed({ goal, ratio }: BenchRow): boolean {
  if (goal === null) return false
  return 'atLeast' in goal ? ratio < goal.atLeast : ratio > goal.atMost
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
