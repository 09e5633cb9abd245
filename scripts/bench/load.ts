import { setTimeout as sleep } from 'node:timers/promises'

/** How long each piece of work took, in milliseconds. */
export type Latencies = readonly number[]

/** Takes every item once, `clients` of them at a time: how many a second that made, and how long each took. */
export async function workThrough<Item>(
  items: readonly Item[],
  clients: number,
  work: (item: Item) => Promise<void>,
): Promise<{ perSecond: number; latencies: Latencies }> {
  const queue = items.values()
  const latencies: number[] = []
  const startedAt = performance.now()
  // All clients take from one iterator, so that each item is taken by one of them.
  const client = async (): Promise<void> => {
    for (const item of queue) latencies.push(await timed(() => work(item)))
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { perSecond: items.length / ((performance.now() - startedAt) / 1_000), latencies }
}

/**
 * Begins each piece of work at its time, so many a second, whether or not earlier ones have ended: what is slow meets the
 * same load as what is fast.
 */
export async function workSteadily<Item>(
  items: readonly Item[],
  perSecond: number,
  work: (item: Item) => Promise<void>,
): Promise<Latencies> {
  const startedAt = performance.now()
  const running: Promise<number>[] = []
  for (const [index, item] of items.entries()) {
    await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()))
    const ended = timed(() => work(item))
    // Whoever waits for all of them hears of a failure; until then nobody listens.
    ended.catch(() => {})
    running.push(ended)
  }
  return Promise.all(running)
}

/** The value that so great a share of them does not exceed: 0.99 for p99. */
export function percentile(values: Latencies, share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
