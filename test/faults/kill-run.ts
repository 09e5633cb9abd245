/** Payments through the portal while its processes are killed: first the load with the kills, then the accounts of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { type Deed, drawPerson, payInvoice } from '#test/faults/payer.ts'
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

const PAYMENTS_PER_SECOND = 5.2
/** How long all is up before the next kill, at least and at most. */
const PAUSE_MS = [500, 5_000] as const
/** Payments under way at once; more buyers than that wait in front of the shop. */
const MOST_UNDER_WAY = 150

/** How many invoices a run with so many kills can use up. */
export function invoicesFor(killsPerService: number): number {
  return 200 + killsPerService * SERVICES.length * Math.ceil(PAYMENTS_PER_SECOND) * 15
}

/** Kills every service so many times, one after another at random moments, while invoices are paid all the time. */
export async function runKills(
  product: ProductUnderFire,
  invoices: readonly OpenInvoice[],
  options: { seed: number; killsPerService: number },
): Promise<KillRun> {
  const startedAt = performance.now()
  const load = startLoad(invoices, product.sandboxUrl, seededRandom(options.seed + 1))
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

type Load = { deeds: Deed[]; begun: () => number; stop: () => Promise<void> }

/** Begins payments at a steady rate, whatever becomes of those before, until it is stopped. */
function startLoad(invoices: readonly OpenInvoice[], sandboxUrl: string, random: Random): Load {
  const deeds: Deed[] = []
  const underWay = new Set<Promise<void>>()
  const defects: unknown[] = []
  let next = 0
  const timer = setInterval(() => {
    const invoice = invoices[next]
    if (invoice === undefined || underWay.size >= MOST_UNDER_WAY) return
    next += 1
    const paying = payInvoice(invoice, sandboxUrl, drawPerson(random))
      .then((deed) => void deeds.push(deed))
      .catch((error: unknown) => void defects.push(error))
      .finally(() => underWay.delete(paying))
    underWay.add(paying)
  }, 1_000 / PAYMENTS_PER_SECOND)
  return {
    deeds,
    begun: () => next,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      if (defects.length > 0)
        throw new AggregateError(defects, `${defects.length} pages were wrong: ${defects[0]}`)
      if (next >= invoices.length) throw new Error('the invoices ran out before the kills did')
    },
  }
}
