/** Payments through the portal while its processes are killed: first the load with the kills, then the accounts of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import { type Pace, startLoad } from '#test/faults/load.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import type { Deed } from '#test/faults/payer.ts'
import {
  killAndAwaitReady,
  type ProductUnderFire,
  type Recovery,
  SERVICES,
  type ServiceName,
} from '#test/faults/product-under-fire.ts'

export type Kill = Recovery & { service: ServiceName; atSecond: number }

export type KillRun = {
  seed: number
  kills: Kill[]
  deeds: Deed[]
  /** From the first payment begun to the last one ended. */
  loadSeconds: number
  /** Payments begun per second while every part was up. */
  ratePerSecond: number
}

const PACE: Pace = { perSecond: 5.2, atOnce: 150 }
/** How long all is up before the next kill, at least and at most. */
const PAUSE_MS = [500, 5_000] as const

/** How many invoices a run with so many kills can use up. */
export function invoicesFor(killsPerService: number): number {
  return 200 + killsPerService * SERVICES.length * Math.ceil(PACE.perSecond) * 15
}

/** Kills every service so many times, one after another at random moments, while invoices are paid all the time. */
export async function runKills(
  product: ProductUnderFire,
  invoices: readonly OpenInvoice[],
  options: { seed: number; killsPerService: number },
): Promise<KillRun> {
  const startedAt = performance.now()
  const load = startLoad(invoices, product.sandboxUrl, seededRandom(options.seed + 1), PACE)
  const kills: Kill[] = []
  const random = seededRandom(options.seed)
  let upSeconds = 0
  let begunWhileUp = 0
  try {
    for (const service of drawOrder(options.killsPerService, random)) {
      const wait = random.between(...PAUSE_MS)
      const begunBefore = load.begun()
      await sleep(wait)
      upSeconds += wait / 1000
      begunWhileUp += load.begun() - begunBefore
      const atSecond = Math.round((performance.now() - startedAt) / 100) / 10
      kills.push({ service, atSecond, ...(await killAndAwaitReady(product, service)) })
    }
    await sleep(2_000)
  } finally {
    await load.stop()
  }
  const loadSeconds = (performance.now() - startedAt) / 1000
  return {
    seed: options.seed,
    kills,
    deeds: load.deeds,
    loadSeconds,
    ratePerSecond: begunWhileUp / upSeconds,
  }
}

/** Every service so many times, in random order. */
function drawOrder(times: number, random: Random): ServiceName[] {
  const order = SERVICES.flatMap((service) => Array.from({ length: times }, () => service))
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.between(0, last)
    const [a, b] = [order[last], order[other]]
    if (a === undefined || b === undefined) throw new Error('out of range')
    order[last] = b
    order[other] = a
  }
  return order
}
