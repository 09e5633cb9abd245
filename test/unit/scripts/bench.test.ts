import { expect, test } from 'vitest'
import { parseBenchArguments } from '#scripts/bench/arguments.ts'
import { percentile, workSteadily, workThrough } from '#scripts/bench/load.ts'
import { type BenchRow, compare, isMissed, measurePairs } from '#scripts/bench/pairs.ts'
import { BENCH_PARTS } from '#scripts/bench/parts.ts'
import { missedGoals } from '#scripts/bench/report.ts'

const NAMES = ['posting', 'webhooks', 'gas']

const row: Omit<BenchRow, 'goal'> = {
  name: 'x',
  unit: 'ms',
  ratio: 2,
  spread: [1, 3],
  subject: 2,
  baseline: 1,
}
const none = { rows: [], pages: [], gas: [], unmeasured: [] }

test('each part can be measured alone, several in the order in which they run, and all without a word', () => {
  expect(parseBenchArguments(['--only', 'gas', '--only', 'posting', '--quick'], NAMES)).toEqual({
    ok: true,
    options: { isQuick: true, parts: ['posting', 'gas'] },
  })
  expect(parseBenchArguments([], NAMES)).toEqual({ ok: true, options: { isQuick: false, parts: NAMES } })
  expect(Object.keys(BENCH_PARTS)).toEqual(
    expect.arrayContaining([
      'webhooks',
      'pay',
      'hot-account',
      'reconcile',
      'posting',
      'lists',
      'bytes',
      'gas',
    ]),
  )
})

test('a part or an option that there is not is answered with those that there are', () => {
  expect(parseBenchArguments(['--only', 'postings'], NAMES)).toEqual({
    ok: false,
    problem: 'There is no part postings: --only takes posting, webhooks, gas.',
  })
  for (const args of [['--fast'], ['--only'], ['gas']])
    expect(parseBenchArguments(args, NAMES)).toEqual({
      ok: false,
      problem: 'It takes --quick, and --only with one of posting, webhooks, gas.',
    })
})

test('the ratio is the median of the rounds, each side is first in turn, and the first round only warms up', async () => {
  const order: string[] = []
  const readings = { ours: [100, 2, 6, 9], theirs: [100, 1, 2, 1] }
  const take = (side: 'ours' | 'theirs') => async (): Promise<number> => {
    order.push(side)
    return readings[side].shift() ?? 0
  }
  const pairs = await measurePairs({ rounds: 3, baseline: take('theirs'), subject: take('ours') })
  expect(order).toEqual(['theirs', 'ours', 'theirs', 'ours', 'ours', 'theirs', 'theirs', 'ours'])
  expect(compare(pairs, (reading) => reading)).toEqual({ ratio: 3, spread: [2, 9], subject: 6, baseline: 1 })
})

test('a goal is a least or a most ratio; without one nothing is missed, and what was not measured is', () => {
  expect(
    [{ atLeast: 2 }, { atLeast: 2.1 }, { atMost: 2 }, { atMost: 1.9 }, null].map((goal) =>
      isMissed({ ...row, goal }),
    ),
  ).toEqual([false, true, false, true, false])
  expect(
    missedGoals([
      { ...none, rows: [{ ...row, goal: { atMost: 1 } }] },
      { ...none, unmeasured: ['gas'] },
    ]),
  ).toBe(2)
})

test('a percentile is the value that so many do not exceed', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([100, 190, 198, 200])
})

test('clients share the items, each is taken once, and no more are at work than there are clients', async () => {
  const taken: number[] = []
  let atWork = 0
  let most = 0
  const { perSecond, latencies } = await workThrough([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    atWork += 1
    most = Math.max(most, atWork)
    taken.push(item)
    await new Promise((resolve) => setTimeout(resolve, 5))
    atWork -= 1
  })
  expect(taken.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
  expect(latencies).toHaveLength(7)
  expect(perSecond).toBeGreaterThan(0)
})

test('a steady load does not wait for what is slow, and tells of what fails', async () => {
  let begun = 0
  const all = workSteadily([1, 2, 3], 1_000, async () => {
    begun += 1
    while (begun < 3) await new Promise((resolve) => setTimeout(resolve, 1))
  })
  expect(await all).toHaveLength(3)
  const failing = workSteadily([1, 2, 3], 1_000, async (item) => {
    if (item === 1) throw new Error('the first one failed')
  })
  await expect(failing).rejects.toThrow('the first one failed')
})
